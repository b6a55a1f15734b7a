package io.edgellm.inference.graph;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.edgellm.inference.graph.CacheTensor.Form;
import io.edgellm.inference.graph.LogitsTensor.KeptInput;
import io.edgellm.inference.graph.LogitsTensor.Positions;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.layout.TensorNames;
import io.edgellm.llm.InferenceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a session declares into a {@link GraphSignature}. */
final class SignatureReader {
  private static final String IN_PLACE_OPERATOR = "GroupQueryAttention";
  private static final Set<OnnxJavaType> CACHE_TYPES =
      EnumSet.of(OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16);

  private final Map<String, NodeInfo> inputs;
  private final Map<String, NodeInfo> outputs;
  private final ModelLayout layout;
  private final ModelFile file;

  private SignatureReader(OrtSession session, ModelLayout layout) throws OrtException {
    this.inputs = session.getInputInfo();
    this.outputs = session.getOutputInfo();
    this.layout = layout;
    this.file = new ModelFile(layout.graph(), Integer.MAX_VALUE);
  }

  /**
   * Reads what a session declares.
   *
   * @throws InferenceException MODEL_UNSUPPORTED with what was seen
   */
  static GraphSignature read(OrtSession session, GraphOutline outline, ModelLayout layout)
      throws OrtException {
    return new SignatureReader(session, layout).read(outline);
  }

  private GraphSignature read(GraphOutline outline) {
    TensorNames names = layout.names();
    TokenTensor ids = tokens(names.inputIds());
    if (ids == null) {
      throw unsupported("has no input '" + names.inputIds() + "'");
    }
    LogitsTensor logits = logits(names);
    List<CacheTensor> cache = new ArrayList<>();
    for (Map.Entry<String, NodeInfo> input : inputs.entrySet()) {
      String name = input.getKey();
      if (!isFedPerPass(name)) {
        cache.add(cache(name, tensor(name, input.getValue())));
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
        outline.operators().contains(IN_PLACE_OPERATOR));
  }

  private boolean isFedPerPass(String name) {
    TensorNames names = layout.names();
    return name.equals(names.inputIds())
        || name.equals(names.attentionMask())
        || name.equals(names.positionIds())
        || names.logitsToKeep().contains(name);
  }

  private @Nullable TokenTensor tokens(String name) {
    NodeInfo input = inputs.get(name);
    if (input == null) {
      return null;
    }
    TensorInfo info = tensor(name, input);
    long[] shape = info.getShape();
    boolean whole = info.type == OnnxJavaType.INT64 || info.type == OnnxJavaType.INT32;
    if (!whole || shape.length != 2 || shape[0] > 1 || shape[1] > 0) {
      throw unsupported("takes '" + name + "' as " + described(info) + ", not int64 [any, any]");
    }
    return new TokenTensor(name, info.type);
  }

  private CacheTensor cache(String past, TensorInfo info) {
    String present = presentOf(past);
    NodeInfo output = outputs.get(present);
    if (output == null) {
      throw unsupported("takes '" + past + "', but gives no '" + present + "'");
    }
    TensorInfo after = tensor(present, output);
    long[] shape = info.getShape();
    boolean known =
        CACHE_TYPES.contains(info.type)
            && after.type == info.type
            && after.getShape().length == shape.length;
    if (known && shape.length == 3 && shape[0] <= 1) {
      return new CacheTensor(
          past, present, info.type, Form.STATE, size(past, shape[1], 0), size(past, shape[2], 0));
    }
    if (known && shape.length == 4 && shape[0] <= 1 && shape[2] <= 0) {
      return keysAndValues(past, present, info.type, Form.KEY_VALUE, shape[1], shape[3]);
    }
    if (known && shape.length == 5 && shape[0] == 2 && shape[1] <= 1 && shape[3] <= 0) {
      return keysAndValues(past, present, info.type, Form.COMBINED, shape[2], shape[4]);
    }
    throw unsupported(
        "keeps '"
            + past
            + "' as "
            + described(info)
            + " and gives it back as "
            + described(after)
            + ", not as float [any, heads, any, size] both times");
  }

  private CacheTensor keysAndValues(
      String past, String present, OnnxJavaType type, Form form, long heads, long headSize) {
    return new CacheTensor(
        past,
        present,
        type,
        form,
        size(past, heads, layout.keyValueHeads()),
        size(past, headSize, layout.headSize()));
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
    NodeInfo output = outputs.get(name);
    if (output == null) {
      throw unsupported("has no output '" + name + "'");
    }
    TensorInfo info = tensor(name, output);
    long[] shape = info.getShape();
    boolean number = info.type == OnnxJavaType.FLOAT || info.type == OnnxJavaType.FLOAT16;
    if (!number || shape.length != 3 || shape[2] < 1) {
      throw unsupported(
          "gives '" + name + "' as " + described(info) + ", not float [any, any, vocabulary]");
    }
    KeptInput kept = kept(names);
    Positions positions =
        kept != null ? Positions.KEPT : shape[1] == 1 ? Positions.LAST : Positions.ALL;
    return new LogitsTensor(name, info.type, Math.toIntExact(shape[2]), positions, kept);
  }

  private @Nullable KeptInput kept(TensorNames names) {
    for (String name : names.logitsToKeep()) {
      NodeInfo input = inputs.get(name);
      if (input != null) {
        TensorInfo info = tensor(name, input);
        if (info.type != OnnxJavaType.INT64 || info.getShape().length > 1) {
          throw unsupported("takes '" + name + "' as " + described(info) + ", not int64 [] or [1]");
        }
        return new KeptInput(name, info.getShape().length);
      }
    }
    return null;
  }

  private TensorInfo tensor(String name, NodeInfo info) {
    if (info.getInfo() instanceof TensorInfo tensor) {
      return tensor;
    }
    throw unsupported("has '" + name + "', which is not a tensor");
  }

  private static String described(TensorInfo info) {
    return info.type + " " + Arrays.toString(info.getShape());
  }

  private InferenceException unsupported(String seen) {
    return file.unsupported(
        seen
            + ". Supported are decoders with input_ids and a cache; this graph declares the inputs "
            + inputs.keySet());
  }
}
