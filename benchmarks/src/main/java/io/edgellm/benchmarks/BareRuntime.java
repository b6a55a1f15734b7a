package io.edgellm.benchmarks;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The graph of the sample model on the bare runtime, over tensors that are made once. */
final class BareRuntime implements AutoCloseable {
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> outputs = new HashMap<>();
  private final OrtSession session;

  BareRuntime(OrtEnvironment environment, Path file, int past, int context, int vocabulary)
      throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      session = environment.createSession(file.toString(), options);
    }
    inputs.put("input_ids", longs(environment, 1));
    inputs.put("attention_mask", longs(environment, past + 1));
    for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
      String name = input.getKey();
      if (name.startsWith("past_key_values")) {
        OnnxTensor cache = floats(environment, 1, 2, context, 32);
        inputs.put(name, cache);
        outputs.put(name.replace("past_key_values", "present"), cache);
      }
    }
    outputs.put("logits", floats(environment, 1, 1, vocabulary));
  }

  void run() throws OrtException {
    session.run(inputs, Set.of(), outputs).close();
  }

  @Override
  public void close() throws OrtException {
    inputs.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
    session.close();
  }

  private static OnnxTensor longs(OrtEnvironment environment, int count) throws OrtException {
    ByteBuffer memory = direct(count * Long.BYTES);
    for (int i = 0; i < count; i++) {
      memory.putLong(i * Long.BYTES, 1);
    }
    return OnnxTensor.createTensor(environment, memory.asLongBuffer(), new long[] {1, count});
  }

  private static OnnxTensor floats(OrtEnvironment environment, long... shape) throws OrtException {
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return OnnxTensor.createTensor(environment, direct(count * Float.BYTES).asFloatBuffer(), shape);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
