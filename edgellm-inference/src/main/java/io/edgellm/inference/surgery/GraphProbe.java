package io.edgellm.inference.surgery;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.layout.TensorNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a decoder over short sequences in the plainest way there is: what a pass gives back as its
 * state goes into the next one. Slow, and right for every kind of cache, also in place.
 */
public final class GraphProbe implements AutoCloseable {
  /** Beyond these no decoder is, and a probe would not fit into memory. */
  private static final int MAX_VOCABULARY = 1 << 20;

  private static final long MAX_STATE_BYTES = 1L << 28;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final ModelLayout layout;
  private final Map<String, TensorInfo> inputs = new LinkedHashMap<>();
  private final Map<String, String> states = new LinkedHashMap<>();
  private final Set<String> watched;
  private OrtSession.@Nullable Result latest;
  private int length;

  /** A graph takes something that cannot be made up here. */
  public static final class Unknown extends Exception {
    private static final long serialVersionUID = 1L;

    private final String seen;

    Unknown(String seen) {
      super(seen);
      this.seen = seen;
    }

    /** Returns what was seen, as the rest of a sentence about the graph. */
    public String seen() {
      return seen;
    }
  }

  /**
   * Logits of some positions.
   *
   * @param values row by row
   * @param vocabulary numbers per row
   */
  public record Rows(FloatBuffer values, int vocabulary) {
    int count() {
      return values.capacity() / vocabulary;
    }

    Rows last(int rows) {
      int first = Math.max(0, count() - rows) * vocabulary;
      return new Rows(values.slice(first, values.capacity() - first), vocabulary);
    }
  }

  /** Looks at what a session takes; the caller closes the session. */
  GraphProbe(OrtEnvironment environment, OrtSession session, ModelLayout layout)
      throws OrtException, Unknown {
    this(environment, session, layout, Set.of());
  }

  /**
   * Looks at what a session takes; the caller closes the session.
   *
   * @param watched further outputs, to be looked at after each pass
   * @throws Unknown if the graph takes something that is no tensor
   */
  public GraphProbe(
      OrtEnvironment environment, OrtSession session, ModelLayout layout, Set<String> watched)
      throws OrtException, Unknown {
    this.environment = environment;
    this.session = session;
    this.layout = layout;
    this.watched = Set.copyOf(watched);
    for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
      if (!(input.getValue().getInfo() instanceof TensorInfo info)) {
        throw new Unknown("takes '" + input.getKey() + "', which is not a tensor");
      }
      inputs.put(input.getKey(), info);
      addState(input.getKey());
    }
  }

  /** Exporters name what comes out after what goes in. */
  private void addState(String past) {
    for (String name : List.of("past_key_values", "past")) {
      String present = past.replace(name, "present");
      if (!present.equals(past) && session.getOutputNames().contains(present)) {
        states.putIfAbsent(past, present);
      }
    }
  }

  /** Returns the tensors of the state, by the inputs that take them. */
  Map<String, OnnxTensor> state() {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    states.keySet().forEach(past -> tensors.put(past, stateTensor(past)));
    return tensors;
  }

  /** Returns the output that each input of the state comes out of. */
  public Map<String, String> states() {
    return Map.copyOf(states);
  }

  /** Returns what the latest pass gave; closed by the next one. */
  public Optional<OrtSession.Result> latest() {
    return Optional.ofNullable(latest);
  }

  /**
   * Returns the number of logits per row.
   *
   * @throws Unknown if the graph does not declare it
   */
  public int vocabularySize() throws OrtException, Unknown {
    NodeInfo logits = session.getOutputInfo().get(layout.names().logits());
    if (logits != null && logits.getInfo() instanceof TensorInfo info) {
      long[] shape = info.getShape();
      if (shape.length == 3 && shape[2] > 0 && shape[2] <= MAX_VOCABULARY) {
        return (int) shape[2];
      }
    }
    throw new Unknown("does not declare how large its vocabulary is");
  }

  /** Forgets the sequence. */
  public void forget() {
    if (latest != null) {
      latest.close();
      latest = null;
    }
    length = 0;
  }

  /**
   * Reads tokens behind those that it has read.
   *
   * @param firstRow the first position with logits, where the graph lets choose
   * @throws Unknown if the graph takes something that cannot be made up here
   */
  public Rows pass(int[] tokens, int firstRow) throws OrtException, Unknown {
    Map<String, OnnxTensor> fed = new HashMap<>();
    List<OnnxTensor> own = new ArrayList<>();
    try {
      for (Map.Entry<String, TensorInfo> input : inputs.entrySet()) {
        String name = input.getKey();
        if (states.containsKey(name) && latest != null) {
          fed.put(name, stateTensor(name));
        } else {
          OnnxTensor tensor = tensor(name, input.getValue(), tokens, firstRow);
          own.add(tensor);
          fed.put(name, tensor);
        }
      }
      Set<String> wanted = new HashSet<>(states.values());
      wanted.add(layout.names().logits());
      wanted.addAll(watched);
      OrtSession.Result result = session.run(fed, wanted);
      int read = length + tokens.length;
      forget();
      latest = result;
      length = read;
      return rows(result);
    } finally {
      own.forEach(OnnxTensor::close);
    }
  }

  private Rows rows(OrtSession.Result result) throws Unknown {
    if (result.get(layout.names().logits()).orElse(null) instanceof OnnxTensor logits) {
      long[] shape = logits.getInfo().getShape();
      FloatBuffer numbers = logits.getFloatBuffer();
      if (shape.length == 3 && numbers != null) {
        return new Rows(numbers, Math.toIntExact(shape[2]));
      }
    }
    throw new Unknown("gives logits that are no rows of numbers");
  }

  private OnnxTensor stateTensor(String past) {
    if (latest != null
        && latest.get(String.valueOf(states.get(past))).orElse(null) instanceof OnnxTensor tensor) {
      return tensor;
    }
    throw new IllegalStateException("'" + past + "' was read before the first pass.");
  }

  private OnnxTensor tensor(String name, TensorInfo info, int[] tokens, int firstRow)
      throws OrtException, Unknown {
    TensorNames names = layout.names();
    int count = tokens.length;
    if (name.equals(names.inputIds())) {
      return integers(name, info, Arrays.stream(tokens).asLongStream().toArray(), 1, count);
    }
    if (name.equals(names.attentionMask())) {
      long[] ones = new long[length + count];
      Arrays.fill(ones, 1);
      return integers(name, info, ones, 1, ones.length);
    }
    if (name.equals(names.positionIds())) {
      long[] positions = new long[count];
      Arrays.setAll(positions, i -> length + i);
      return integers(name, info, positions, 1, count);
    }
    if (name.equals(PreparedGraph.FIRST_ROW)) {
      return integers(name, info, new long[] {firstRow}, 1);
    }
    if (name.equals("num_logits_to_keep") || name.equals("logits_to_keep")) {
      return integers(name, info, new long[] {0}, info.getShape());
    }
    if (name.equals("use_cache_branch")) {
      return OnnxTensor.createTensor(environment, new boolean[] {length > 0});
    }
    if (states.containsKey(name)) {
      return emptyState(name, info);
    }
    throw new Unknown("takes '" + name + "'");
  }

  private OnnxTensor integers(String name, TensorInfo info, long[] values, long... shape)
      throws OrtException, Unknown {
    long[] declared = info.getShape();
    for (int i = 0; i < shape.length; i++) {
      if (declared.length != shape.length || (declared[i] > 0 && declared[i] != shape[i])) {
        throw new Unknown("takes '" + name + "' as " + Arrays.toString(declared));
      }
    }
    if (info.type == OnnxJavaType.INT64) {
      ByteBuffer bytes = direct(values.length * (long) Long.BYTES);
      bytes.asLongBuffer().put(values);
      return OnnxTensor.createTensor(environment, bytes, shape, OnnxJavaType.INT64);
    }
    if (info.type == OnnxJavaType.INT32) {
      ByteBuffer bytes = direct(values.length * (long) Integer.BYTES);
      for (long value : values) {
        bytes.putInt((int) value);
      }
      return OnnxTensor.createTensor(environment, bytes.flip(), shape, OnnxJavaType.INT32);
    }
    throw new Unknown("takes '" + name + "' as " + info.type);
  }

  private OnnxTensor emptyState(String name, TensorInfo info) throws OrtException, Unknown {
    long[] shape = info.getShape();
    // [batch, heads, tokens, size], or keys and values in one [2, batch, heads, tokens, size]
    int batch = shape.length == 5 ? 1 : 0;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] <= 0) {
        shape[i] = open(i - batch, shape.length - batch);
      }
      if (shape[i] < 0 || (i > batch && i - batch == 2 && shape.length >= 4 && shape[i] > 0)) {
        throw new Unknown("takes '" + name + "' as " + Arrays.toString(info.getShape()));
      }
    }
    long bytes = info.type.size;
    for (long dim : shape) {
      if (dim > MAX_STATE_BYTES || bytes * dim > MAX_STATE_BYTES) {
        throw new Unknown("takes '" + name + "' of " + Arrays.toString(shape) + " numbers");
      }
      bytes *= dim;
    }
    return OnnxTensor.createTensor(environment, direct(bytes), shape, info.type);
  }

  /** Returns the length of a dimension that the graph leaves open, or less than 0. */
  private int open(int dimension, int rank) {
    if (dimension == 0) {
      return 1;
    }
    if (rank != 4) {
      return -1;
    }
    return switch (dimension) {
      case 1 -> layout.keyValueHeads() > 0 ? layout.keyValueHeads() : -1;
      case 2 -> 0;
      default -> layout.headSize() > 0 ? layout.headSize() : -1;
    };
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    forget();
  }
}
