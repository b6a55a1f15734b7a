package io.edgellm.triton;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.triton.TritonException.Reason;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a server answered: complete, bounded, not yet understood. */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record Answer(String path, Call.Effect effect, int status, HttpHeaders headers, byte[] body) {
  private static final int MAX_MESSAGE_CHARS = 1_000;
  private static final String EVENT_PREFIX = "data:";

  /** The JSON value of a 200. An error object in a 200, as generation sends it, is an error. */
  JsonNode json() {
    requireOk();
    return requireNoError(Json.parseUtf8(body, path));
  }

  JsonNode requireNoError(JsonNode value) {
    if (value.isObject() && value.path("error").isTextual()) {
      throw failure(Reason.SERVER_ERROR, value.path("error").textValue());
    }
    return value;
  }

  void requireOk() {
    if (status != 200) {
      throw error();
    }
    requireUncompressed();
  }

  /**
   * Nothing was asked to be compressed, and inflating what was not asked for would undo the bound
   * on the body.
   */
  void requireUncompressed() {
    String encoding = headers.firstValue("Content-Encoding").orElse("identity");
    if (!encoding.equalsIgnoreCase("identity")) {
      throw failure(
          Reason.PROTOCOL,
          "the answer is compressed ("
              + printable(encoding)
              + ") though the client does not ask for it; switch compression off on the way");
    }
  }

  TritonException error() {
    String said = errorText();
    Reason reason = Reasons.of(effect, status, said);
    return failure(reason, said == null ? Reasons.withoutWords(status) : said);
  }

  /**
   * The server's own words, whatever the status and the content type: {@code {"error": …}} comes as
   * JSON, as text/plain and as a server-sent event.
   */
  @Nullable String errorText() {
    String text = new String(body, StandardCharsets.UTF_8).strip();
    if (text.startsWith(EVENT_PREFIX)) {
      text = text.substring(EVENT_PREFIX.length()).strip();
    }
    if (!text.startsWith("{")) {
      return null;
    }
    try {
      JsonNode error = Json.READER.readTree(text).path("error");
      return error.isTextual() ? error.textValue() : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  TritonException failure(Reason reason, String text) {
    return new TritonException(
        reason, "HTTP " + status + " for " + path + ": " + printable(text), path, status, null);
  }

  /** Text from outside as it may stand in a message: bounded, without control characters. */
  static String printable(String text) {
    String cut = text.length() > MAX_MESSAGE_CHARS ? text.substring(0, MAX_MESSAGE_CHARS) : text;
    return cut.replaceAll("[\\p{Cntrl}\\p{Cf}\\x{2028}\\x{2029}]", " ");
  }
}
