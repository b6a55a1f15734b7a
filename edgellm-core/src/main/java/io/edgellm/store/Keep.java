package io.edgellm.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelException;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The files of a release to come, and until when garbage collection spares them. Its bytes are
 * canonical JSON with a CRC-32C over the other fields.
 */
record Keep(Instant until, Set<Sha256> files) {
  private static final String SCHEMA = "edgellm.keep/v1";
  private static final String CRC = "crc32c";

  static Keep of(ReleaseManifest manifest, Instant until) {
    Set<Sha256> files = new TreeSet<>();
    for (Artifact file : manifest.files()) {
      files.add(file.sha256());
    }
    return new Keep(until, files);
  }

  byte[] toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema", SCHEMA);
    root.put("until", until.toString());
    ArrayNode digests = root.putArray("files");
    files.forEach(digest -> digests.add(digest.hex()));
    root.put(CRC, StateCodec.crc(root));
    return CanonicalJson.write(root);
  }

  /** Reads a keep; empty if the bytes are not one. */
  static Optional<Keep> read(byte[] bytes) {
    try {
      JsonNode node = StrictJson.parse(bytes);
      if (!(node instanceof ObjectNode root) || !root.path(CRC).isTextual()) {
        return Optional.empty();
      }
      String crc = root.remove(CRC).textValue();
      return crc.equals(StateCodec.crc(root)) ? read(JsonFields.of(root)) : Optional.empty();
    } catch (JsonFault | ModelException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Keep> read(JsonFields f) throws JsonFault {
    boolean known = f.text("schema").equals(SCHEMA);
    Instant until = Instant.parse(f.text("until"));
    Set<Sha256> files = new TreeSet<>();
    f.texts("files").forEach(hex -> files.add(new Sha256(hex)));
    f.end();
    return known ? Optional.of(new Keep(until, files)) : Optional.empty();
  }
}
