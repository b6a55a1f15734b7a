package io.edgellm.triton;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.triton.TritonException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads answers of inference: JSON, and behind it the bytes of the outputs that are not in it.
 *
 * <p>Triton writes byte strings into JSON as they are, so that the JSON need not be UTF-8. Such
 * JSON is read as ISO 8859-1, where each byte is one character, and its strings are turned back
 * into their bytes: nothing is lost.
 */
final class InferDecoder {
  private final Charset charset;
  private final ByteBuffer binary;
  private final String path;

  private InferDecoder(Charset charset, ByteBuffer binary, String path) {
    this.charset = charset;
    this.binary = binary;
    this.path = path;
  }

  static InferResult decode(Answer answer) {
    answer.requireOk();
    int jsonLength = jsonLength(answer);
    ByteBuffer json = ByteBuffer.wrap(answer.body(), 0, jsonLength);
    ByteBuffer binary =
        ByteBuffer.wrap(answer.body(), jsonLength, answer.body().length - jsonLength).slice();
    Charset charset = StandardCharsets.UTF_8;
    String text;
    try {
      text = charset.newDecoder().decode(json.duplicate()).toString();
    } catch (CharacterCodingException e) {
      charset = StandardCharsets.ISO_8859_1;
      text = charset.decode(json).toString();
    }
    JsonNode root = answer.requireNoError(Json.parse(text, answer.path()));
    return new InferDecoder(charset, binary, answer.path()).result(Fields.of(root, answer.path()));
  }

  private static int jsonLength(Answer answer) {
    String length = answer.headers().firstValue(InferEncoder.JSON_LENGTH).orElse(null);
    if (length == null) {
      return answer.body().length;
    }
    if (!length.matches("[0-9]{1,9}") || Integer.parseInt(length) > answer.body().length) {
      throw TritonException.protocol(
          "The length of the JSON header must be a number within the body.", answer.path());
    }
    return Integer.parseInt(length);
  }

  private InferResult result(Fields answer) {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> output : answer.objects("outputs", this::output)) {
      if (outputs.put(output.getKey(), output.getValue()) != null) {
        throw TritonException.protocol("The answer has an output twice.", path);
      }
    }
    if (binary.hasRemaining()) {
      throw TritonException.protocol(
          "The answer has " + binary.remaining() + " bytes that belong to no output.", path);
    }
    return new InferResult(
        answer.textOrNull("id"),
        answer.text("model_name"),
        answer.textOr("model_version", ""),
        answer.membersOrNone("parameters", value -> parameter(answer, value)),
        outputs);
  }

  private static InferParameter parameter(Fields answer, JsonNode value) {
    if (value.isTextual()) {
      return new InferParameter.Text(value.textValue());
    }
    if (value.isBoolean()) {
      return new InferParameter.Flag(value.booleanValue());
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return new InferParameter.Whole(value.longValue());
    }
    if (value.isNumber()) {
      return new InferParameter.Real(value.doubleValue());
    }
    throw answer.wrong("parameters", "strings, numbers and flags");
  }

  private Map.Entry<String, Tensor> output(Fields output) {
    DataType type = DataType.ofWire(output.text("datatype"), output.at());
    List<Long> shape = output.wholes("shape");
    boolean inBinary =
        output.has("parameters") && output.child("parameters").has("binary_data_size");
    ByteBuffer data =
        inBinary
            ? take(output.child("parameters").whole("binary_data_size"))
            : JsonTensor.bytes(type, output, charset);
    return Map.entry(output.text("name"), Tensor.checked(type, shape, data, Reason.PROTOCOL));
  }

  private ByteBuffer take(long size) {
    if (size < 0 || size > binary.remaining()) {
      throw TritonException.protocol("The answer has fewer bytes than its outputs say.", path);
    }
    ByteBuffer taken = binary.slice(binary.position(), (int) size);
    binary.position(binary.position() + (int) size);
    return taken;
  }
}
