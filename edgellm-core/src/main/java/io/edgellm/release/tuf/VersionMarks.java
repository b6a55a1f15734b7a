package io.edgellm.release.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.release.ReleaseException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

/**
 * Which version numbers were given out: published, written by a publication that was cut off, or
 * put aside for people to sign. None is given out twice, because two documents with the same number
 * and valid signatures would be two truths. The exception is the root, whose numbers must follow
 * each other.
 */
final class VersionMarks {
  private final RepositoryFiles files;
  private final Path file;

  VersionMarks(RepositoryFiles files) {
    this.files = files;
    this.file = files.staged(".versions.json");
  }

  /** Returns the number of the next version of a role. */
  long next(String role, RepositoryState current) {
    long published = current.version(role);
    if (role.equals(RoleName.ROOT)) {
      return published + 1;
    }
    return 1
        + Math.max(published, Math.max(files.highestVersion(role), marks().path(role).asLong()));
  }

  /** Remembers the numbers of documents that are put aside. */
  void raise(Collection<MetadataDocument> documents) {
    ObjectNode marks = marks();
    for (MetadataDocument document : documents) {
      long known = marks.path(document.role()).asLong();
      marks.put(document.role(), Math.max(known, document.version()));
    }
    files.write(file, CanonicalJson.write(marks));
  }

  private ObjectNode marks() {
    try {
      ObjectNode marks = JsonNodeFactory.instance.objectNode();
      byte[] json = files.read(file).orElse(new byte[] {'{', '}'});
      JsonFields fields = JsonFields.of(StrictJson.parse(json));
      for (Map.Entry<String, JsonNode> mark : fields.json().properties()) {
        marks.put(mark.getKey(), fields.integer(mark.getKey()));
      }
      return marks;
    } catch (JsonFault e) {
      throw new ReleaseException(
          ReleaseException.Reason.UNTRUSTED,
          "The record of version numbers is malformed ("
              + e.getMessage()
              + "): restore it, or delete it if no change was ever staged and thrown away.",
          file.toString(),
          e);
    }
  }
}
