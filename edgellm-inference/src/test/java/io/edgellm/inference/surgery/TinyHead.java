package io.edgellm.inference.surgery;

import static io.edgellm.inference.onnx.Dim.dim;
import static io.edgellm.inference.onnx.ElementType.FLOAT;
import static io.edgellm.inference.onnx.ElementType.INT64;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.ModelBuilder;
import io.edgellm.inference.onnx.TensorContent;
import io.edgellm.inference.onnx.Value;
import io.edgellm.inference.onnx.WeightStore;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Tokens, their embeddings, and a head of random weights that a test puts together. */
final class TinyHead {
  static final int HIDDEN = 32;
  static final int VOCABULARY = 48;
  private static final OrtEnvironment RUNTIME = RuntimeGuard.ofThisProcess(false).start();

  final GraphBuilder graph = new GraphBuilder("head", WeightStore.inline());
  final Value hidden;
  private final Random random = new Random(7);

  TinyHead() throws IOException {
    Value ids = graph.input("input_ids", INT64, dim("batch"), dim("tokens"));
    hidden = graph.node("Gather", weights("embed", VOCABULARY, HIDDEN), ids).output("hidden");
  }

  Value weights(String name, long... dims) throws IOException {
    int count = 1;
    for (long dim : dims) {
      count *= (int) dim;
    }
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return graph.weights(name, numbers, dims);
  }

  Value bytes(String name, ElementType type, long... dims) {
    int count = 1;
    for (long dim : dims) {
      count *= (int) dim;
    }
    byte[] numbers = new byte[count];
    random.nextBytes(numbers);
    return graph.constant(name, type, TensorContent.of(numbers), dims);
  }

  Value product() throws IOException {
    return graph.node("MatMul", hidden, weights("head", HIDDEN, VOCABULARY)).output("product");
  }

  /** Declares the logits and returns the model. */
  ModelProto model(Value logits) {
    Value named = graph.node("Identity", logits).output("logits");
    graph.output(named, FLOAT, dim("batch"), dim("tokens"), dim(VOCABULARY));
    return new ModelBuilder(graph).opset(17).opset("com.microsoft", 1).proto();
  }

  /** Runs a model; the logits come row by row. */
  static float[] run(ModelProto model, long[] tokens, Map<String, Long> numbers)
      throws OrtException {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (OrtSession session = RUNTIME.createSession(model.toByteArray())) {
      inputs.put("input_ids", longs(tokens, 1, tokens.length));
      for (Map.Entry<String, Long> number : numbers.entrySet()) {
        inputs.put(number.getKey(), longs(new long[] {number.getValue()}, 1));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        FloatBuffer logits = ((OnnxTensor) result.get(0)).getFloatBuffer();
        float[] copy = new float[logits.remaining()];
        logits.get(copy);
        return copy;
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor longs(long[] values, long... shape) throws OrtException {
    return OnnxTensor.createTensor(RUNTIME, LongBuffer.wrap(values), shape);
  }
}
