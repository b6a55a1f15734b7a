package io.edgellm.inference.drift;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.graph.RuntimeGuard;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A causal language model in ONNX, run over whole sequences on the CPU, without its cache: past
 * inputs have the length zero. Feeds the inputs that the graph declares, so that both the
 * onnxruntime-genai layout and the one of Optimum and transformers.js work.
 *
 * <p>Holds the model in memory, and off the heap four bytes for each logit of the longest sequence
 * so far. Not for use by several threads.
 */
public final class OnnxTeacherForced implements TeacherForced, AutoCloseable {
  private static final String LOGITS = "logits";

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Map<String, TensorInfo> inputs;
  private final PastShape pastShape;
  private final int vocabulary;
  private ByteBuffer logits = ByteBuffer.allocateDirect(0);

  private OnnxTeacherForced(OrtEnvironment environment, OrtSession session, Path graph)
      throws OrtException {
    this.environment = environment;
    this.session = session;
    this.inputs = new HashMap<>();
    for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
      inputs.put(input.getKey(), tensor(input.getKey(), input.getValue()));
    }
    this.pastShape = new PastShape(graph);
    this.vocabulary = vocabulary(session);
  }

  /**
   * Loads a graph.
   *
   * @param graph the {@code .onnx} file; its external data lie beside it
   * @param threads for the matrix products, 1 or more
   * @return the model, to be closed
   * @throws DriftException with {@code UNSUPPORTED_MODEL}
   * @throws io.edgellm.llm.InferenceException if the runtime does not load, or sends usage events
   */
  public static OnnxTeacherForced open(Path graph, int threads) {
    OrtEnvironment environment = RuntimeGuard.ofThisProcess(false).start();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      return wrap(environment, environment.createSession(graph.toString(), options), graph);
    } catch (OrtException e) {
      throw new DriftException(
          Reason.UNSUPPORTED_MODEL,
          "ONNX Runtime does not load the graph: " + e.getMessage(),
          graph.toString(),
          e);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // the model owns the session
  private static OnnxTeacherForced wrap(OrtEnvironment environment, OrtSession session, Path graph)
      throws OrtException {
    try {
      return new OnnxTeacherForced(environment, session, graph);
    } catch (OrtException | DriftException e) {
      session.close();
      throw e;
    }
  }

  @Override
  public LogitRows run(int[] tokens) {
    try (Feeds feeds = new Feeds(tokens)) {
      FloatBuffer rows = logits(tokens.length);
      long[] shape = {1, tokens.length, vocabulary};
      try (OnnxTensor output = OnnxTensor.createTensor(environment, rows, shape)) {
        session.run(feeds.tensors, Set.of(), Map.of(LOGITS, output)).close();
        return new BufferRows(rows, vocabulary);
      }
    } catch (OrtException e) {
      throw new DriftException(
          Reason.RUN_FAILED,
          "A run over " + tokens.length + " tokens failed: " + e.getMessage(),
          null,
          e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new DriftException(Reason.RUN_FAILED, "Closing the model failed.", null, e);
    }
  }

  private FloatBuffer logits(int tokens) {
    long bytes = (long) tokens * vocabulary * Float.BYTES;
    if (bytes > Integer.MAX_VALUE) {
      throw new DriftException(
          Reason.INVALID_MATERIAL,
          "The logits of " + tokens + " tokens take more than 2 GB: use shorter passages.",
          null);
    }
    if (logits.capacity() < bytes) {
      logits = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
    }
    return logits.asFloatBuffer().limit(tokens * vocabulary);
  }

  private static int vocabulary(OrtSession session) throws OrtException {
    NodeInfo info = session.getOutputInfo().get(LOGITS);
    if (info == null) {
      throw unsupported("The graph has no output named logits.", LOGITS);
    }
    TensorInfo output = tensor(LOGITS, info);
    long[] shape = output.getShape();
    if (output.type != OnnxJavaType.FLOAT || shape.length != 3 || shape[2] < 1) {
      throw unsupported(
          "The logits must be fp32 of shape [batch, sequence, vocabulary], with a fixed"
              + " vocabulary.",
          LOGITS);
    }
    return Math.toIntExact(shape[2]);
  }

  private static TensorInfo tensor(String name, NodeInfo info) {
    if (info.getInfo() instanceof TensorInfo tensor) {
      return tensor;
    }
    throw unsupported("The graph has a value that is not a tensor: " + name + ".", name);
  }

  private static DriftException unsupported(String message, String subject) {
    return new DriftException(Reason.UNSUPPORTED_MODEL, message, subject);
  }

  /** The inputs of one run. */
  private final class Feeds implements AutoCloseable {
    final Map<String, OnnxTensor> tensors = new HashMap<>();

    Feeds(int[] tokens) throws OrtException {
      try {
        for (Map.Entry<String, TensorInfo> input : inputs.entrySet()) {
          tensors.put(input.getKey(), feed(input.getKey(), input.getValue(), tokens));
        }
      } catch (OrtException | DriftException e) {
        close();
        throw e;
      }
    }

    private OnnxTensor feed(String name, TensorInfo info, int[] tokens) throws OrtException {
      long[] shape = {1, tokens.length};
      return switch (name) {
        case "input_ids" -> integers(info, shape, i -> tokens[i]);
        case "attention_mask" -> integers(info, shape, i -> 1);
        case "position_ids" -> integers(info, shape, i -> i);
        // Zero would mean all rows as well, but not to every exporter.
        case "num_logits_to_keep" -> integers(info, info.getShape(), i -> tokens.length);
        case "use_cache_branch" -> zeros(info, info.getShape());
        default -> {
          if (!name.startsWith("past")) {
            throw unsupported("The graph has an input that is unknown here: " + name + ".", name);
          }
          yield zeros(info, pastShape.of(name, info));
        }
      };
    }

    private OnnxTensor integers(TensorInfo info, long[] shape, TokenValue values)
        throws OrtException {
      int count = count(shape);
      ByteBuffer bytes = ByteBuffer.allocateDirect(count * Long.BYTES);
      bytes.order(ByteOrder.nativeOrder());
      for (int i = 0; i < count; i++) {
        if (info.type == OnnxJavaType.INT32) {
          bytes.putInt(values.at(i));
        } else {
          bytes.putLong(values.at(i));
        }
      }
      return OnnxTensor.createTensor(environment, bytes.flip(), shape, info.type);
    }

    private OnnxTensor zeros(TensorInfo info, long[] shape) throws OrtException {
      ByteBuffer bytes = ByteBuffer.allocateDirect(count(shape) * info.type.size);
      bytes.order(ByteOrder.nativeOrder());
      return OnnxTensor.createTensor(environment, bytes, shape, info.type);
    }

    private static int count(long[] shape) {
      long count = 1;
      for (long dimension : shape) {
        count = Math.multiplyExact(count, dimension);
      }
      return Math.toIntExact(count);
    }

    @Override
    public void close() {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  @FunctionalInterface
  private interface TokenValue {
    int at(int index);
  }

  private record BufferRows(FloatBuffer rows, int vocabulary) implements LogitRows {
    @Override
    public void read(int position, float[] into) {
      rows.get(position * vocabulary, into, 0, vocabulary);
    }
  }
}
