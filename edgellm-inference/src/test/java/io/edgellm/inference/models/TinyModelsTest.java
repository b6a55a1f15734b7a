package io.edgellm.inference.models;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.edgellm.inference.graph.RuntimeGuard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The models compute what the plain forward pass computes, when the runtime is asked directly. */
class TinyModelsTest {
  private static final OrtEnvironment RUNTIME = RuntimeGuard.ofThisProcess(false).start();
  private static final int[] IDS = new Random(42).ints(12, 3, Architecture.VOCABULARY).toArray();

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = LayoutRow.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"PIPELINE", "EMBEDDINGS"})
  void computesWhatThePlainForwardPassDoes(LayoutRow row) throws Exception {
    TinyModel model = row.write(directory.resolve("model"));
    int count = row.name().startsWith("FIXED") ? GenaiModels.FIXED_PREFILL : IDS.length;
    int[] ids = Arrays.copyOf(IDS, count);
    float[][] expected = model.reference().logits(ids);
    try (OrtSession session = RUNTIME.createSession(model.graph().toString())) {
      float[][] whole = run(session, model, ids);
      for (int i = 0; i < count; i++) {
        assertClose(whole[i], expected[i], model.tolerance(), row + " at " + i);
      }
    }
  }

  private static void assertClose(float[] actual, float[] expected, double tolerance, String of) {
    double largest = 0;
    double off = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      off = Math.max(off, Math.abs(expected[i] - actual[i]));
    }
    assertThat(off / largest).as(of).isLessThan(tolerance);
  }

  private static float[][] run(OrtSession session, TinyModel model, int[] ids)
      throws OrtException, IOException {
    int count = ids.length;
    Map<String, OnnxTensor> inputs = new HashMap<>();
    for (var input : session.getInputInfo().entrySet()) {
      TensorInfo info = (TensorInfo) input.getValue().getInfo();
      String name = input.getKey();
      long[] shape = info.getShape();
      switch (name) {
        case "input_ids" -> inputs.put(name, integers(info, ids));
        case "attention_mask" -> {
          int[] ones = new int[count];
          Arrays.fill(ones, 1);
          inputs.put(name, integers(info, ones));
        }
        case "position_ids" -> {
          int[] positions = new int[count];
          Arrays.setAll(positions, i -> i + model.architecture().firstPosition());
          inputs.put(name, integers(info, positions));
        }
        case "num_logits_to_keep" -> inputs.put(name, OnnxTensor.createTensor(RUNTIME, 0L));
        case "use_cache_branch" ->
            inputs.put(name, OnnxTensor.createTensor(RUNTIME, new boolean[] {false}));
        default -> inputs.put(name, zeros(info, shape));
      }
    }
    try (OrtSession.Result result = session.run(inputs)) {
      OnnxValue logits = result.get("logits").orElseThrow();
      FloatBuffer all = ((OnnxTensor) logits).getFloatBuffer();
      float[][] rows = new float[count][Architecture.VOCABULARY];
      for (float[] row : rows) {
        all.get(row);
      }
      return rows;
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor integers(TensorInfo info, int[] numbers) throws OrtException {
    long[] declared = info.getShape();
    int length = declared[1] > 0 ? Math.toIntExact(declared[1]) : numbers.length;
    long[] shape = {1, length};
    int[] padded = Arrays.copyOf(numbers, length);
    ByteBuffer bytes = ByteBuffer.allocateDirect(length * 8).order(ByteOrder.nativeOrder());
    if (info.type == OnnxJavaType.INT32) {
      bytes.asIntBuffer().put(padded);
      return OnnxTensor.createTensor(RUNTIME, bytes.asIntBuffer().limit(length), shape);
    }
    bytes.asLongBuffer().put(Arrays.stream(padded).asLongStream().toArray());
    return OnnxTensor.createTensor(RUNTIME, bytes.asLongBuffer(), shape);
  }

  private static OnnxTensor zeros(TensorInfo info, long[] declared) throws OrtException {
    long[] shape = declared.clone();
    String[] names = info.getDimensionNames();
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] < 0) {
        shape[i] = names[i].equals("batch_size") ? 1 : names[i].equals("kv_cache_dim") ? 16 : 0;
      }
    }
    long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.toIntExact(elements * 4)).order(ByteOrder.nativeOrder());
    bytes.limit(Math.toIntExact(elements * info.type.size));
    return OnnxTensor.createTensor(RUNTIME, bytes, shape, info.type);
  }
}
