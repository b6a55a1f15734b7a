package io.edgellm.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The versions of a model line that a repository holds: {@code models/<line>/index.json}.
 *
 * <p>As a plain file it says what is there, not what is current: somebody between publisher and
 * device can hide versions, though not forge one. As a target of the update repository it is signed
 * and says what is current.
 *
 * @param model the model line
 * @param releases its versions, the newest by precedence last
 */
public record ReleaseIndex(ModelId model, List<Entry> releases) {
  private static final String SCHEMA = "edgellm.index/v1";
  private static final int MAX_BYTES = 4 << 20;

  /**
   * One version.
   *
   * @param version the version
   * @param manifest the digest of its {@code release.json}
   */
  public record Entry(ModelVersion version, Sha256 manifest) {}

  /** Sorts the list. */
  public ReleaseIndex {
    releases = releases.stream().sorted(Comparator.comparing(Entry::version)).toList();
  }

  /** Returns the version that comes last by precedence, pre-releases included. */
  public Optional<Entry> latest() {
    return releases.isEmpty() ? Optional.empty() : Optional.of(releases.get(releases.size() - 1));
  }

  /** Returns the canonical JSON. */
  public byte[] toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema", SCHEMA);
    root.put("model", model.value());
    ArrayNode list = root.putArray("releases");
    for (Entry entry : releases) {
      list.addObject()
          .put("version", entry.version().toString())
          .put("manifest", entry.manifest().hex());
    }
    return CanonicalJson.write(root);
  }

  /**
   * Reads an index.
   *
   * @param utf8 at most 4 MiB
   * @throws ModelException with {@code MALFORMED} or what is wrong with a value
   */
  public static ReleaseIndex fromJson(byte[] utf8) {
    if (utf8.length > MAX_BYTES) {
      throw malformed("more than 4 MiB", null);
    }
    try {
      JsonFields f = JsonFields.of(StrictJson.parse(utf8));
      if (!f.text("schema").equals(SCHEMA)) {
        throw malformed("its schema is not '" + SCHEMA + "'", null);
      }
      ModelId model = new ModelId(f.text("model"));
      List<Entry> releases = new ArrayList<>();
      for (JsonFields entry : f.objects("releases")) {
        releases.add(
            new Entry(
                ModelVersion.parse(entry.text("version")), new Sha256(entry.text("manifest"))));
        entry.end();
      }
      f.end();
      return new ReleaseIndex(model, releases);
    } catch (JsonFault e) {
      throw malformed(String.valueOf(e.getMessage()), e);
    }
  }

  private static ModelException malformed(String what, @Nullable JsonFault cause) {
    return new ModelException(
        ModelException.Reason.MALFORMED,
        "The list of versions cannot be read (" + what + "): publish a release to write it anew.",
        "index.json",
        cause);
  }
}
