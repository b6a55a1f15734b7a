package io.edgellm.triton;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Recorded inference: the request that makes it, and what its answer must hold. */
final class RecordedInference {
  private RecordedInference() {}

  /** The request, or null if it is not one that the client makes: not binary, or not consistent. */
  static @Nullable InferRequest request(Recording recording) throws IOException {
    String jsonLength = recording.headers().get(RecordedBody.JSON_LENGTH);
    if (jsonLength == null || jsonLength.equals("0")) {
      return null;
    }
    RecordedBody body = RecordedBody.of(recording.requestBody(), jsonLength);
    JsonNode input = body.json().at("/inputs/0");
    JsonNode output = body.json().at("/outputs/0");
    if (!output.at("/parameters/binary_data").booleanValue()) {
      return null;
    }
    long[] shape =
        StreamSupport.stream(input.path("shape").spliterator(), false)
            .mapToLong(JsonNode::longValue)
            .toArray();
    Tensor tensor;
    try {
      tensor =
          Tensor.of(
              DataType.valueOf(input.path("datatype").textValue()),
              ByteBuffer.wrap(body.binary()),
              shape);
    } catch (TritonException refused) {
      assertThat(recording.status()).as("the server refuses it too").isEqualTo(400);
      return null;
    }
    return InferRequest.builder(ModelRef.of(recording.path().split("/", -1)[3]))
        .input(input.path("name").textValue(), tensor)
        .output(output.path("name").textValue())
        .build();
  }

  static void assertSame(InferResult result, Recording recording) throws IOException {
    String length = recording.responseHeader(RecordedBody.JSON_LENGTH);
    byte[] responseBody = recording.responseBody();
    JsonNode json =
        Json.READER.readTree(
            new String(
                responseBody,
                0,
                length == null ? responseBody.length : Integer.parseInt(length),
                StandardCharsets.ISO_8859_1));
    assertThat(result.modelName()).isEqualTo(json.path("model_name").textValue());
    assertThat(result.modelVersion()).isEqualTo(json.path("model_version").textValue());
    assertThat(result.id()).isEqualTo(json.path("id").textValue());
    assertThat(result.parameters()).hasSize(json.path("parameters").size());
    if (json.has("parameters")) {
      assertThat(result.parameters())
          .containsEntry("param0", new InferParameter.Text("an example string parameter"))
          .containsEntry("param1", new InferParameter.Whole(42))
          .containsEntry("param2", new InferParameter.Flag(false))
          .containsEntry("param3", new InferParameter.Real(123.123));
    }
    assertThat(result.outputs()).hasSize(json.path("outputs").size());
    int at = length == null ? responseBody.length : Integer.parseInt(length);
    for (JsonNode output : json.path("outputs")) {
      Tensor tensor = result.output(output.path("name").textValue());
      assertThat(tensor.type().name()).isEqualTo(output.path("datatype").textValue());
      assertThat(tensor.shape()).hasSize(output.path("shape").size());
      if (output.has("data")) {
        assertThat(elements(tensor)).isEqualTo(elements(output.path("data")));
      } else {
        int size = output.at("/parameters/binary_data_size").intValue();
        assertThat(tensor.data()).isEqualTo(ByteBuffer.wrap(responseBody, at, size));
        at += size;
      }
    }
  }

  private static List<Object> elements(JsonNode data) {
    List<Object> elements = new ArrayList<>();
    for (JsonNode element : data) {
      if (element.isNumber()) {
        elements.add(element.decimalValue().stripTrailingZeros());
      } else {
        elements.add(element.isTextual() ? element.textValue() : element.booleanValue());
      }
    }
    return elements;
  }

  private static List<Object> elements(Tensor tensor) {
    List<Object> elements = new ArrayList<>();
    if (tensor.type() == DataType.BYTES) {
      for (byte[] value : tensor.toBytes()) {
        elements.add(asRecordedText(value));
      }
      return elements;
    }
    ByteBuffer data = tensor.data();
    while (data.hasRemaining()) {
      elements.add(next(tensor.type(), data));
    }
    return elements;
  }

  /** The recordings are compared as ISO 8859-1, where every byte is a character. */
  private static String asRecordedText(byte[] value) {
    return new String(value, StandardCharsets.ISO_8859_1);
  }

  private static Object next(DataType type, ByteBuffer data) {
    if (type == DataType.BOOL) {
      return data.get() == 1;
    }
    BigDecimal number =
        switch (type) {
          case INT8 -> new BigDecimal(data.get());
          case UINT8 -> new BigDecimal(Byte.toUnsignedInt(data.get()));
          case INT16 -> new BigDecimal(data.getShort());
          case UINT16 -> new BigDecimal(Short.toUnsignedInt(data.getShort()));
          case INT32 -> new BigDecimal(data.getInt());
          case UINT32 -> new BigDecimal(Integer.toUnsignedLong(data.getInt()));
          case INT64 -> new BigDecimal(data.getLong());
          case UINT64 -> new BigDecimal(new BigInteger(Long.toUnsignedString(data.getLong())));
          case FP32 -> new BigDecimal(Float.toString(data.getFloat()));
          case FP64 -> new BigDecimal(Double.toString(data.getDouble()));
          case BOOL, FP16, BF16, BYTES -> throw new AssertionError(type);
        };
    return number.stripTrailingZeros();
  }
}
