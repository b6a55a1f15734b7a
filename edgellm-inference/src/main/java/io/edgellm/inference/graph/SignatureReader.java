package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxJavaType;
import io.edgellm.inference.graph.CacheTensor.Form;
import io.edgellm.inference.graph.GraphSignature.FixedLengths;
import io.edgellm.inference.graph.GraphSignature.Handover;
import io.edgellm.inference.graph.LogitsTensor.Positions;
import io.edgellm.inference.graph.LogitsTensor.RowsInput;
import io.edgellm.inference.graph.LogitsTensor.RowsInput.Meaning;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.layout.TensorNames;
import io.edgellm.inference.surgery.PreparedGraph;
import io.edgellm.llm.InferenceException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a graph declares into a {@link GraphSignature}. */
final class SignatureReader {
  private static final String IN_PLACE_OPERATOR = "GroupQueryAttention";
  private static final String PAGED_CACHE = "block_table";

  /** Bytes are scaled by the operator itself, with steps that it has as weights. */
  private static final Set<OnnxJavaType> CACHE_TYPES =
      EnumSet.of(OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16, OnnxJavaType.INT8, OnnxJavaType.UINT8);

  private final Map<String, DeclaredTensor> inputs;
  private final Map<String, DeclaredTensor> outputs;
  private final ModelLayout layout;
  private final int longestSequence;
  private final ModelFile file;

  private SignatureReader(GraphDeclaration declaration, ModelLayout layout, int longestSequence) {
    this.longestSequence = longestSequence;
    this.inputs = declaration.inputs();
    this.outputs = declaration.outputs();
    this.layout = layout;
    this.file = new ModelFile(layout.graph(), Integer.MAX_VALUE);
  }

  /**
   * Reads what a graph declares.
   *
   * @param operators the types of its nodes
   * @param longestSequence how long a sequence will become
   * @throws InferenceException MODEL_UNSUPPORTED with what was seen
   */
  static GraphSignature read(
      GraphDeclaration declaration,
      Set<String> operators,
      ModelLayout layout,
      int longestSequence) {
    return new SignatureReader(declaration, layout, longestSequence).read(operators);
  }

  private GraphSignature read(Set<String> operators) {
    TensorNames names = layout.names();
    if (inputs.containsKey(PAGED_CACHE)) {
      throw unsupported(
          "keeps its cache in pages ('"
              + PAGED_CACHE
              + "'), for which there are operators on CUDA only; export it with"
              + " GroupQueryAttention");
    }
    TokenTensor ids = tokens(names.inputIds());
    if (ids == null) {
      throw unsupported("has no input '" + names.inputIds() + "'");
    }
    Handover handover = handover(operators);
    List<CacheTensor> cache = new ArrayList<>();
    for (Map.Entry<String, DeclaredTensor> input : inputs.entrySet()) {
      if (!isFedPerPass(input.getKey())) {
        cache.add(cache(input.getKey(), input.getValue()));
      }
    }
    if (cache.isEmpty()) {
      throw unsupported("has no key/value cache");
    }
    FixedLengths fixed = fixedLengths(handover);
    return new GraphSignature(
        ids,
        tokens(names.attentionMask()),
        tokens(names.positionIds()),
        layout.context().firstPosition(),
        cacheBranch(names.cacheBranch()),
        cache,
        handover,
        logits(names, fixed),
        fixed);
  }

  /**
   * The operator looks through a window at a whole cache. Graphs without it may cut the cache,
   * which does not show as long as no sequence becomes longer than the window.
   */
  private Handover handover(Set<String> operators) {
    if (operators.contains(IN_PLACE_OPERATOR)) {
      return Handover.IN_PLACE;
    }
    int window = layout.context().window();
    return window > 0 && window <= longestSequence ? Handover.WINDOWED : Handover.JOINED;
  }

  private @Nullable String cacheBranch(String name) {
    DeclaredTensor input = inputs.get(name);
    if (input == null) {
      return null;
    }
    if (input.type() != OnnxJavaType.BOOL || input.rank() != 1 || !input.admits(0, 1)) {
      throw unsupported("takes '" + name + "' as " + input + ", not bool [1]");
    }
    return name;
  }

  private FixedLengths fixedLengths(Handover handover) {
    TensorNames names = layout.names();
    int tokens = fixedLength(names.inputIds(), 1);
    Set<Integer> caches = new TreeSet<>();
    inputs.forEach(
        (name, input) -> {
          if (!isFedPerPass(name) && input.rank() > 3) {
            caches.add(fixedLength(name, input.rank() - 2));
          }
        });
    if (caches.size() > 1) {
      throw unsupported("has caches of different fixed lengths " + caches);
    }
    int cache = caches.isEmpty() ? 0 : caches.iterator().next();
    int mask =
        inputs.containsKey(names.attentionMask()) ? fixedLength(names.attentionMask(), 1) : 0;
    if (mask > 0 && mask != cache) {
      throw unsupported(
          "has a mask of fixed length " + mask + " for a cache of " + lengthOf(cache));
    }
    if (tokens > 1 && cache == 0 && handover != Handover.IN_PLACE) {
      throw unsupported(
          "takes " + tokens + " tokens each time and joins them to its cache, padding included");
    }
    if (cache > 0 && tokens > cache) {
      throw unsupported("takes " + tokens + " tokens each time, but its cache has " + cache);
    }
    return new FixedLengths(tokens, cache, fixedLength(names.inputIds(), 0) > 0);
  }

  private static String lengthOf(int cache) {
    return cache == 0 ? "any length" : Integer.toString(cache);
  }

  private int fixedLength(String name, int axis) {
    DeclaredTensor input = inputs.get(name);
    return input == null || input.isOpen(axis) ? 0 : Math.toIntExact(input.dimension(axis));
  }

  private boolean isFedPerPass(String name) {
    TensorNames names = layout.names();
    return name.equals(names.inputIds())
        || name.equals(names.attentionMask())
        || name.equals(names.positionIds())
        || name.equals(names.cacheBranch())
        || names.logitsToKeep().contains(name)
        || name.equals(PreparedGraph.FIRST_ROW);
  }

  private @Nullable TokenTensor tokens(String name) {
    DeclaredTensor input = inputs.get(name);
    if (input == null) {
      return null;
    }
    boolean whole = input.type() == OnnxJavaType.INT64 || input.type() == OnnxJavaType.INT32;
    if (!whole || input.rank() != 2 || !input.admits(0, 1)) {
      throw unsupported("takes '" + name + "' as " + input + ", not int64 [any, any]");
    }
    return new TokenTensor(name, input.type());
  }

  private CacheTensor cache(String past, DeclaredTensor before) {
    String present = presentOf(past);
    DeclaredTensor after = outputs.get(present);
    if (after == null) {
      throw unsupported("takes '" + past + "', but gives no '" + present + "'");
    }
    boolean known =
        CACHE_TYPES.contains(before.type())
            && after.type() == before.type()
            && (after.rank() == before.rank() || after.rank() == 0);
    if (known && before.rank() == 3 && before.admits(0, 1)) {
      return new CacheTensor(
          past,
          present,
          before.type(),
          Form.STATE,
          size(past, before.dimension(1), 0),
          size(past, before.dimension(2), 0));
    }
    if (known && before.rank() == 4 && before.admits(0, 1) && staysAsLong(before, after)) {
      return keysAndValues(past, present, before, Form.KEY_VALUE, 1);
    }
    if (known
        && before.rank() == 5
        && before.admits(0, 2)
        && before.admits(1, 1)
        && staysAsLong(before, after)) {
      return keysAndValues(past, present, before, Form.COMBINED, 2);
    }
    throw unsupported(
        "keeps '"
            + past
            + "' as "
            + before
            + " and gives it back as "
            + after
            + ", not as float [any, heads, any, size] both times");
  }

  /** Returns whether what comes out is what goes in, and not only what is new. */
  private static boolean staysAsLong(DeclaredTensor before, DeclaredTensor after) {
    int axis = before.rank() - 2;
    return before.isOpen(axis) || after.rank() == 0 || after.admits(axis, before.dimension(axis));
  }

  private CacheTensor keysAndValues(
      String past, String present, DeclaredTensor before, Form form, int headsAxis) {
    return new CacheTensor(
        past,
        present,
        before.type(),
        form,
        size(past, before.dimension(headsAxis), layout.keyValueHeads()),
        size(past, before.dimension(headsAxis + 2), layout.headSize()));
  }

  private String presentOf(String past) {
    TensorNames names = layout.names();
    for (int i = 0; i < names.past().size(); i++) {
      String pattern = Pattern.quote(names.past().get(i)).replace("%d", "\\E(\\d+)\\Q");
      Matcher matcher = Pattern.compile(pattern).matcher(past);
      if (matcher.matches()) {
        return names.present().get(i).replace("%d", matcher.group(1));
      }
    }
    throw unsupported("takes the input '" + past + "', which no rule feeds");
  }

  private int size(String past, long declared, int configured) {
    if (declared > 0) {
      return Math.toIntExact(declared);
    }
    if (configured > 0) {
      return configured;
    }
    throw unsupported("leaves the size of '" + past + "' open, and so does the configuration");
  }

  private LogitsTensor logits(TensorNames names, FixedLengths fixed) {
    String name = names.logits();
    DeclaredTensor output = outputs.get(name);
    if (output == null) {
      throw unsupported("has no output '" + name + "'");
    }
    boolean number = output.type() == OnnxJavaType.FLOAT || output.type() == OnnxJavaType.FLOAT16;
    if (!number || output.rank() != 3 || output.isOpen(2)) {
      throw unsupported("gives '" + name + "' as " + output + ", not float [any, any, vocabulary]");
    }
    RowsInput rows = rowsInput(names);
    Positions positions =
        rows != null ? Positions.CHOSEN : output.dimension(1) == 1 ? Positions.LAST : Positions.ALL;
    if (fixed.tokens() > 1 && positions != Positions.ALL) {
      throw unsupported(
          "takes "
              + fixed.tokens()
              + " tokens each time and gives logits for the last alone, which may be padding");
    }
    return new LogitsTensor(
        name, output.type(), Math.toIntExact(output.dimension(2)), positions, rows);
  }

  private @Nullable RowsInput rowsInput(TensorNames names) {
    if (inputs.containsKey(PreparedGraph.FIRST_ROW)) {
      return rowsInput(PreparedGraph.FIRST_ROW, Meaning.FROM);
    }
    for (String name : names.logitsToKeep()) {
      if (inputs.containsKey(name)) {
        return rowsInput(name, Meaning.LAST);
      }
    }
    return null;
  }

  private RowsInput rowsInput(String name, Meaning meaning) {
    DeclaredTensor input = Objects.requireNonNull(inputs.get(name));
    if (input.type() != OnnxJavaType.INT64 || input.rank() > 1) {
      throw unsupported("takes '" + name + "' as " + input + ", not int64 [] or [1]");
    }
    return new RowsInput(name, input.rank(), meaning);
  }

  private InferenceException unsupported(String seen) {
    return file.unsupported(
        seen
            + ". Supported are decoders with input_ids and a cache; this graph declares the inputs "
            + inputs.keySet());
  }
}
