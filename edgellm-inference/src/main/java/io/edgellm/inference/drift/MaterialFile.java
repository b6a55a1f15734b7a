package io.edgellm.inference.drift;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of texts or probes, read strictly: whatever is wrong is named with its line.
 *
 * @param path where it lies
 */
record MaterialFile(Path path) {
  private static final int MAX_BYTES = 64 << 20;

  /**
   * A line that is not blank.
   *
   * @param number counted from 1
   * @param text without its end
   */
  record Line(int number, String text) {}

  /** Reads one object of a line of JSON. */
  interface LineParser<T> {
    T parse(JsonFields fields) throws JsonFault;
  }

  /** Returns the whole text; one that is blank is refused. */
  String text() {
    byte[] bytes = bytes();
    lines(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Returns the lines that are not blank; none of them is refused. */
  List<Line> lines() {
    return lines(bytes());
  }

  private List<Line> lines(byte[] bytes) {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (int from = 0; from < bytes.length; ) {
      int to = from;
      while (to < bytes.length && bytes[to] != '\n') {
        to++;
      }
      String text = decode(bytes, from, to, ++number);
      if (!text.isBlank()) {
        lines.add(new Line(number, text));
      }
      from = to + 1;
    }
    if (lines.isEmpty()) {
      throw invalid("has nothing but blanks: there is nothing to compare on.", null);
    }
    return lines;
  }

  /** Reads a line as a JSON object of which every field is known. */
  <T> T parse(Line line, LineParser<T> parser) {
    try {
      JsonNode node = StrictJson.parse(line.text().getBytes(StandardCharsets.UTF_8));
      JsonFields fields = JsonFields.of(node);
      T value = parser.parse(fields);
      fields.end();
      return value;
    } catch (JsonFault e) {
      throw invalid(line.number(), String.valueOf(e.getMessage()) + ".", e);
    }
  }

  /** Returns file and line, for people. */
  String at(int line) {
    return path.getFileName() + ":" + line;
  }

  DriftException invalid(int line, String what, @Nullable Exception cause) {
    return new DriftException(
        Reason.INVALID_MATERIAL, at(line) + ": " + what, path + ":" + line, cause);
  }

  private DriftException invalid(String what, @Nullable Exception cause) {
    return new DriftException(
        Reason.INVALID_MATERIAL, "'" + path.getFileName() + "' " + what, path.toString(), cause);
  }

  private byte[] bytes() {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw invalid("is larger than 64 MiB: take a part of it.", null);
      }
      return bytes;
    } catch (IOException e) {
      throw invalid("cannot be read (" + e + ").", e);
    }
  }

  private String decode(byte[] bytes, int from, int to, int line) {
    int end = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, end - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw invalid(line, "is not UTF-8: save the file as UTF-8.", e);
    }
  }
}
