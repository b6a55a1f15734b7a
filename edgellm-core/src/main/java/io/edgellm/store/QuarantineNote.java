package io.edgellm.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;

/** The note beside something in quarantine: what it was, why it is there and since when. */
final class QuarantineNote {
  static final Comparator<Quarantined> OLDEST_FIRST =
      Comparator.comparing(Quarantined::at).thenComparing(Quarantined::id);

  private static final String SCHEMA = "edgellm.quarantine/v1";
  private static final int MAX_BYTES = 64 << 10;

  private QuarantineNote() {}

  static byte[] write(String from, String why, Instant at) {
    ObjectNode note = JsonNodeFactory.instance.objectNode();
    note.put("schema", SCHEMA);
    note.put("from", from);
    note.put("why", why);
    note.put("at", at.toString());
    return CanonicalJson.write(note);
  }

  /** Reads a note. Where it is damaged as well, the thing has at least the age of its directory. */
  static Quarantined read(Path entry, Path note, Path content, long bytes) throws IOException {
    String id = String.valueOf(entry.getFileName());
    try {
      JsonNode node = StrictJson.parse(PlainFile.read(note, MAX_BYTES));
      return new Quarantined(
          id,
          node.path("from").asText(),
          node.path("why").asText(),
          Instant.parse(node.path("at").asText()),
          bytes,
          content);
    } catch (IOException | JsonFault | DateTimeException e) {
      Instant at = Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS).toInstant();
      return new Quarantined(id, "", "unknown", at, bytes, content);
    }
  }
}
