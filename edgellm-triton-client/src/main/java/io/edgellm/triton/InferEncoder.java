package io.edgellm.triton;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Writes inference requests in the binary tensor extension: a JSON header, then the tensors' bytes
 * in the header's order.
 *
 * <p>Inputs are never sent as JSON, which has no FP16 and BF16, takes several times the bytes, and
 * is refused by Triton above 64 MB.
 */
final class InferEncoder {
  static final String JSON_LENGTH = "Inference-Header-Content-Length";

  private InferEncoder() {}

  static Call<InferResult> call(InferRequest request, long maxAnswerBytes) {
    byte[] header = Json.write(header(request));
    return new Call<>(
        "POST",
        request.model().path() + "/infer",
        Map.of(
            "Content-Type",
            "application/octet-stream",
            JSON_LENGTH,
            Integer.toString(header.length)),
        join(header, request),
        Call.Effect.INFER,
        maxAnswerBytes,
        InferDecoder::decode);
  }

  private static ObjectNode header(InferRequest request) {
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    if (request.id() != null) {
      header.put("id", request.id());
    }
    ObjectNode parameters = JsonNodeFactory.instance.objectNode();
    request.parameters().forEach((name, value) -> put(parameters, name, value));
    if (request.outputs().isEmpty()) {
      parameters.put("binary_data_output", true);
    }
    if (!parameters.isEmpty()) {
      header.set("parameters", parameters);
    }
    ArrayNode inputs = header.putArray("inputs");
    request.inputs().forEach((name, tensor) -> inputs.add(input(name, tensor)));
    if (!request.outputs().isEmpty()) {
      ArrayNode outputs = header.putArray("outputs");
      request.outputs().forEach(name -> outputs.add(output(name)));
    }
    return header;
  }

  private static void put(ObjectNode parameters, String name, InferParameter value) {
    if (value instanceof InferParameter.Text text) {
      parameters.put(name, text.value());
    } else if (value instanceof InferParameter.Whole whole) {
      parameters.put(name, whole.value());
    } else if (value instanceof InferParameter.Real real) {
      parameters.put(name, real.value());
    } else if (value instanceof InferParameter.Flag flag) {
      parameters.put(name, flag.value());
    }
  }

  private static ObjectNode input(String name, Tensor tensor) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input.put("name", name);
    ArrayNode shape = input.putArray("shape");
    tensor.shape().forEach(shape::add);
    input.put("datatype", tensor.type().name());
    input.putObject("parameters").put("binary_data_size", tensor.data().remaining());
    return input;
  }

  /** The request-wide flag is ignored once outputs are named, so each output asks for itself. */
  private static ObjectNode output(String name) {
    ObjectNode output = JsonNodeFactory.instance.objectNode();
    output.put("name", name);
    output.putObject("parameters").put("binary_data", true);
    return output;
  }

  private static byte[] join(byte[] header, InferRequest request) {
    long length = header.length;
    for (Tensor tensor : request.inputs().values()) {
      length += tensor.data().remaining();
    }
    if (length > Integer.MAX_VALUE - 8) {
      throw TritonException.invalid("A request can have at most 2 GiB.", "inputs");
    }
    ByteBuffer body = ByteBuffer.allocate((int) length).put(header);
    request.inputs().values().forEach(tensor -> body.put(tensor.data()));
    return body.array();
  }
}
