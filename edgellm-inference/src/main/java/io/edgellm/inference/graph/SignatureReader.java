package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxJavaType;
import io.edgellm.inference.graph.CacheTensor.Form;
import io.edgellm.inference.graph.LogitsTensor.KeptInput;
import io.edgellm.inference.graph.LogitsTensor.Positions;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.layout.TensorNames;
import io.edgellm.llm.InferenceException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a graph declares into a {@link GraphSignature}. */
final class SignatureReader {
  private static final String IN_PLACE_OPERATOR = "GroupQueryAttention";
  private static final Set<OnnxJavaType> CACHE_TYPES =
      EnumSet.of(OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16);

  private final Map<String, DeclaredTensor> inputs;
  private final Map<String, DeclaredTensor> outputs;
  private final ModelLayout layout;
  private final ModelFile file;

  private SignatureReader(GraphDeclaration declaration, ModelLayout layout) {
    this.inputs = declaration.inputs();
    this.outputs = declaration.outputs();
    this.layout = layout;
    this.file = new ModelFile(layout.graph(), Integer.MAX_VALUE);
  }

  /**
   * Reads what a graph declares.
   *
   * @throws InferenceException MODEL_UNSUPPORTED with what was seen
   */
  static GraphSignature read(
      GraphDeclaration declaration, Set<String> operators, ModelLayout layout) {
    return new SignatureReader(declaration, layout).read(operators);
  }

  private GraphSignature read(Set<String> operators) {
    TensorNames names = layout.names();
    TokenTensor ids = tokens(names.inputIds());
    if (ids == null) {
      throw unsupported("has no input '" + names.inputIds() + "'");
    }
    LogitsTensor logits = logits(names);
    List<CacheTensor> cache = new ArrayList<>();
    for (Map.Entry<String, DeclaredTensor> input : inputs.entrySet()) {
      if (!isFedPerPass(input.getKey())) {
        cache.add(cache(input.getKey(), input.getValue()));
      }
    }
    if (cache.isEmpty()) {
      throw unsupported("has no key/value cache");
    }
    return new GraphSignature(
        ids,
        tokens(names.attentionMask()),
        tokens(names.positionIds()),
        cache,
        logits,
        operators.contains(IN_PLACE_OPERATOR));
  }

  private boolean isFedPerPass(String name) {
    TensorNames names = layout.names();
    return name.equals(names.inputIds())
        || name.equals(names.attentionMask())
        || name.equals(names.positionIds())
        || names.logitsToKeep().contains(name);
  }

  private @Nullable TokenTensor tokens(String name) {
    DeclaredTensor input = inputs.get(name);
    if (input == null) {
      return null;
    }
    boolean whole = input.type() == OnnxJavaType.INT64 || input.type() == OnnxJavaType.INT32;
    if (!whole || input.rank() != 2 || !input.admits(0, 1) || !input.isOpen(1)) {
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
    if (known && before.rank() == 4 && before.admits(0, 1) && before.isOpen(2)) {
      return keysAndValues(past, present, before, Form.KEY_VALUE, 1);
    }
    if (known
        && before.rank() == 5
        && before.admits(0, 2)
        && before.admits(1, 1)
        && before.isOpen(3)) {
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

  private LogitsTensor logits(TensorNames names) {
    String name = names.logits();
    DeclaredTensor output = outputs.get(name);
    if (output == null) {
      throw unsupported("has no output '" + name + "'");
    }
    boolean number = output.type() == OnnxJavaType.FLOAT || output.type() == OnnxJavaType.FLOAT16;
    if (!number || output.rank() != 3 || output.isOpen(2)) {
      throw unsupported("gives '" + name + "' as " + output + ", not float [any, any, vocabulary]");
    }
    KeptInput kept = kept(names);
    Positions positions =
        kept != null ? Positions.KEPT : output.dimension(1) == 1 ? Positions.LAST : Positions.ALL;
    return new LogitsTensor(
        name, output.type(), Math.toIntExact(output.dimension(2)), positions, kept);
  }

  private @Nullable KeptInput kept(TensorNames names) {
    for (String name : names.logitsToKeep()) {
      DeclaredTensor input = inputs.get(name);
      if (input != null) {
        if (input.type() != OnnxJavaType.INT64 || input.rank() > 1) {
          throw unsupported("takes '" + name + "' as " + input + ", not int64 [] or [1]");
        }
        return new KeptInput(name, input.rank());
      }
    }
    return null;
  }

  private InferenceException unsupported(String seen) {
    return file.unsupported(
        seen
            + ". Supported are decoders with input_ids and a cache; this graph declares the inputs "
            + inputs.keySet());
  }
}
