package io.edgellm.peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the peer server: a head, and either a few bytes or a part of a file.
 *
 * @param status the status
 * @param headers its headers, without those that every answer has
 * @param body the bytes; of a part of a file nothing
 * @param part the part of a file, or null
 */
record Answer(int status, Map<String, String> headers, ByteBuffer body, @Nullable Part part) {
  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private static final Map<Integer, String> PHRASES =
      Map.of(
          200, "OK",
          206, "Partial Content",
          304, "Not Modified",
          400, "Bad Request",
          401, "Unauthorized",
          404, "Not Found",
          405, "Method Not Allowed",
          416, "Range Not Satisfiable",
          431, "Request Header Fields Too Large",
          503, "Service Unavailable");

  /** Bytes of a file that are to be sent. */
  record Part(BlobShelf.Holding holding, ByteSpan span) {}

  static Answer of(int status) {
    return new Answer(status, Map.of(), NOTHING, null);
  }

  static Answer busy() {
    return of(503).with("Retry-After", "1");
  }

  Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, more, body, part);
  }

  /** Returns the same without what a HEAD request does not want. */
  Answer headOnly() {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put("Content-Length", Long.toString(lengthBytes()));
    return new Answer(status, more, NOTHING, null);
  }

  private long lengthBytes() {
    return part == null ? body.remaining() : part.span().lengthBytes();
  }

  byte[] head(boolean keepsConnection) {
    StringBuilder head = new StringBuilder("HTTP/1.1 ");
    head.append(status).append(' ').append(PHRASES.getOrDefault(status, "-")).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (status != 304 && !headers.containsKey("Content-Length")) {
      head.append("Content-Length: ").append(lengthBytes()).append("\r\n");
    }
    if (!keepsConnection) {
      head.append("Connection: close\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
