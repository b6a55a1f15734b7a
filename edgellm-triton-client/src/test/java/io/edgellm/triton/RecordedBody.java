package io.edgellm.triton;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A body of the binary extension taken apart: JSON, compared as a tree, and bytes behind it. */
@SuppressWarnings("ArrayRecordComponent") // compared component by component
record RecordedBody(JsonNode json, byte[] binary) {
  static final String JSON_LENGTH = "Inference-Header-Content-Length";

  static RecordedBody of(byte[] body, @Nullable String jsonLength) throws IOException {
    int split = jsonLength == null ? body.length : Integer.parseInt(jsonLength);
    return new RecordedBody(
        new ObjectMapper().readTree(Arrays.copyOf(body, split)),
        Arrays.copyOfRange(body, split, body.length));
  }
}
