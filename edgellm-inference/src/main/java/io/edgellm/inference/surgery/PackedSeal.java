package io.edgellm.inference.surgery;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.ModelException;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Says what prepacked weights are of, and by which checksums they are whole.
 *
 * <p>CRC-32C finds what a disk does to a file, at the speed at which memory is read. It is no
 * protection from people: whoever may write to this application's cache may write to its code.
 *
 * @param key what was packed: model, runtime, processor and the graph as it was prepared
 * @param graph the checksum of the graph
 * @param weights the checksum of the weights
 */
record PackedSeal(Sha256 key, Checksum graph, Checksum weights) {
  private static final int FORMAT = 1;
  private static final int BUFFER_BYTES = 1 << 20;

  /**
   * The checksum of a file.
   *
   * @param bytes its length
   * @param crc32c of its content
   */
  record Checksum(long bytes, long crc32c) {
    static Checksum of(Path file) throws IOException {
      CRC32C crc = new CRC32C();
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      long bytes = 0;
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        while (channel.read(buffer.clear()) >= 0) {
          bytes += buffer.flip().remaining();
          crc.update(buffer);
        }
      }
      return new Checksum(bytes, crc.getValue());
    }
  }

  /** Returns the canonical JSON, with a digest of all the rest. */
  byte[] toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", FORMAT).put("key", key.hex());
    json.putObject("graph").put("bytes", graph.bytes()).put("crc32c", graph.crc32c());
    json.putObject("weights").put("bytes", weights.bytes()).put("crc32c", weights.crc32c());
    return CanonicalJson.write(json.put("digest", Sha256.of(CanonicalJson.write(json)).hex()));
  }

  /** Reads what {@link #toJson} wrote; empty if it is damaged. */
  static Optional<PackedSeal> read(byte[] bytes) {
    try {
      JsonFields fields = JsonFields.of(StrictJson.parse(bytes));
      PackedSeal seal =
          new PackedSeal(
              new Sha256(fields.text("key")),
              checksum(fields.object("graph")),
              checksum(fields.object("weights")));
      return Arrays.equals(bytes, seal.toJson()) ? Optional.of(seal) : Optional.empty();
    } catch (JsonFault | ModelException e) {
      return Optional.empty();
    }
  }

  private static Checksum checksum(JsonFields fields) throws JsonFault {
    return new Checksum(fields.integer("bytes"), fields.integer("crc32c"));
  }
}
