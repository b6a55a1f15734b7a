package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.edgellm.inference.engine.GoldenChat;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FixedMaskTest {
  private static final int CONTEXT = 96;

  /** The mask that exporters mean ends with the sequence; ours goes on with zeros. */
  @Test
  void givesTheBitsOfAMaskThatEndsWithTheSequence() throws Exception {
    int[] ids = new Random(5).ints(60, 6, 1024).toArray();
    try (DecoderGraph graph = SampleGraph.open("genai", 128, CONTEXT, 1);
        RunInterrupt none = new RunInterrupt();
        Exporters exporters = new Exporters()) {
      int[][] passes = {{0, 40}, {40, 41}, {41, 42}, {42, 59}, {59, 60}};
      for (int[] pass : passes) {
        FloatBuffer ours = graph.read(0, ids, pass[0], pass[1], pass[1] - pass[0], none);
        float[] expected = exporters.run(ids, pass[0], pass[1]);
        float[] actual = new float[expected.length];
        ours.get(actual);
        assertThat(actual).as("tokens from %d", pass[0]).isEqualTo(expected);
      }
    }
  }

  /** The sample graph on the bare runtime, over one cache in place. */
  private static final class Exporters implements AutoCloseable {
    private final OrtEnvironment environment = RuntimeGuard.ofThisProcess(false).start();
    private final List<OnnxTensor> tensors = new ArrayList<>();
    private final List<NativeMemory> blocks = new ArrayList<>();
    private final Map<String, OnnxTensor> cache = new HashMap<>();
    private final OrtSession session;

    Exporters() throws Exception {
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        session =
            environment.createSession(
                GoldenChat.SAMPLE.resolve("genai/model.onnx").toString(), options);
      }
      for (String input : session.getInputNames()) {
        if (input.startsWith("past_key_values")) {
          NativeMemory memory = NativeMemory.allocate(2L * CONTEXT * 32 * Float.BYTES);
          OnnxTensor tensor =
              OnnxTensor.createTensor(
                  environment, memory.bytes(), new long[] {1, 2, CONTEXT, 32}, OnnxJavaType.FLOAT);
          cache.put(input, tensor);
          tensors.add(tensor);
          blocks.add(memory);
        }
      }
    }

    float[] run(int[] ids, int from, int to) throws Exception {
      try (IntegerBuffer tokens = new IntegerBuffer(environment, OnnxJavaType.INT64, to - from);
          IntegerBuffer ones = new IntegerBuffer(environment, OnnxJavaType.INT64, to)) {
        for (int i = 0; i < to; i++) {
          ones.put(i, 1);
        }
        for (int i = from; i < to; i++) {
          tokens.put(i - from, ids[i]);
        }
        try (OnnxTensor input = tokens.tensor(0, 1, to - from);
            OnnxTensor mask = ones.tensor(0, 1, to)) {
          Map<String, OnnxTensor> inputs = new HashMap<>(cache);
          inputs.put("input_ids", input);
          inputs.put("attention_mask", mask);
          Map<String, OnnxTensor> outputs = new HashMap<>();
          cache.forEach((k, v) -> outputs.put(k.replace("past_key_values", "present"), v));
          try (OrtSession.Result result = session.run(inputs, Set.of("logits"), outputs)) {
            OnnxTensor logits = (OnnxTensor) result.get("logits").orElseThrow();
            float[] copy = new float[(to - from) * 1024];
            logits.getFloatBuffer().get(copy);
            return copy;
          }
        }
      }
    }

    @Override
    public void close() throws OrtException {
      tensors.forEach(OnnxTensor::close);
      blocks.forEach(NativeMemory::close);
      session.close();
    }
  }
}
