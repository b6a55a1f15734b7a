package io.edgellm.triton;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request to a real Triton server and the raw bytes that it answered with. */
@SuppressWarnings("ArrayRecordComponent") // never compared as a record
record Recording(
    int line,
    String name,
    String method,
    String path,
    Map<String, String> headers,
    byte[] requestBody,
    byte[] response,
    int status) {

  static List<Recording> read(Path file) throws IOException {
    List<Recording> recordings = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      recordings.add(of(recordings.size() + 1, new ObjectMapper().readTree(line)));
    }
    return recordings;
  }

  private static Recording of(int line, JsonNode json) {
    Map<String, String> headers = new LinkedHashMap<>();
    json.path("req_headers")
        .properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().textValue()));
    return new Recording(
        line,
        json.path("name").textValue(),
        json.path("method").textValue(),
        json.path("path").textValue(),
        headers,
        Base64.getDecoder().decode(json.path("req_body_b64").textValue()),
        Base64.getDecoder().decode(json.path("resp_raw_b64").textValue()),
        json.path("status").intValue());
  }

  String label() {
    return line + ": " + name;
  }

  @Nullable String responseHeader(String header) {
    String head = new String(response, StandardCharsets.ISO_8859_1).split("\r\n\r\n", 2)[0];
    for (String line : head.split("\r\n", -1)) {
      if (line.startsWith(header + ": ")) {
        return line.substring(header.length() + 2);
      }
    }
    return null;
  }

  /** The body of a response that is not chunked. */
  byte[] responseBody() {
    String text = new String(response, StandardCharsets.ISO_8859_1);
    return text.substring(text.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
  }

  JsonNode responseJson() throws IOException {
    return new ObjectMapper().readTree(responseBody());
  }
}
