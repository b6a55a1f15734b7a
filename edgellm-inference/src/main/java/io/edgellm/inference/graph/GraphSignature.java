package io.edgellm.inference.graph;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.layout.TensorNames;
import io.edgellm.llm.InferenceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a decoder graph declares: the one source of what is fed to it. Nothing is concluded from the
 * name of a model family; what is not known is refused with its name.
 *
 * @param hasMask whether it takes an attention mask {@code [1, past + tokens]}
 * @param hasPositions whether it takes positions {@code [1, tokens]}
 * @param slots the tensors of the cache, in the order of the graph
 * @param vocabularySize logits per position
 * @param lastLogitsOnly whether it gives logits for the last position alone
 * @param growing whether the cache comes out as past and new joined; else in place
 */
record GraphSignature(
    boolean hasMask,
    boolean hasPositions,
    List<CacheSlot> slots,
    int vocabularySize,
    boolean lastLogitsOnly,
    boolean growing) {

  private static final String IN_PLACE_OPERATOR = "GroupQueryAttention";

  GraphSignature {
    slots = List.copyOf(slots);
  }

  /**
   * Reads what a session declares.
   *
   * @throws InferenceException MODEL_UNSUPPORTED with what was seen
   */
  static GraphSignature read(OrtSession session, GraphOutline outline, ModelLayout layout)
      throws OrtException {
    return new Reader(session.getInputInfo(), session.getOutputInfo(), layout).read(outline);
  }

  private static final class Reader {
    private final Map<String, NodeInfo> inputs;
    private final Map<String, NodeInfo> outputs;
    private final ModelLayout layout;
    private final ModelFile file;

    Reader(Map<String, NodeInfo> inputs, Map<String, NodeInfo> outputs, ModelLayout layout) {
      this.inputs = inputs;
      this.outputs = outputs;
      this.layout = layout;
      this.file = new ModelFile(layout.graph(), Integer.MAX_VALUE);
    }

    GraphSignature read(GraphOutline outline) {
      TensorNames names = layout.names();
      if (!inputs.containsKey(names.inputIds())) {
        throw unsupported("has no input '" + names.inputIds() + "'");
      }
      List<CacheSlot> slots = new ArrayList<>();
      for (Map.Entry<String, NodeInfo> input : inputs.entrySet()) {
        String name = input.getKey();
        TensorInfo info = tensor(name, input.getValue());
        if (List.of(names.inputIds(), names.attentionMask(), names.positionIds()).contains(name)) {
          requireTokens(name, info);
        } else {
          slots.add(slot(name, info));
        }
      }
      if (slots.isEmpty()) {
        throw unsupported("has no key/value cache");
      }
      long[] logits = logits(names.logits());
      return new GraphSignature(
          inputs.containsKey(names.attentionMask()),
          inputs.containsKey(names.positionIds()),
          slots,
          Math.toIntExact(logits[2]),
          logits[1] == 1,
          !outline.operators().contains(IN_PLACE_OPERATOR));
    }

    private void requireTokens(String name, TensorInfo info) {
      long[] shape = info.getShape();
      if (info.type != OnnxJavaType.INT64 || shape.length != 2 || shape[0] > 1 || shape[1] > 0) {
        throw unsupported("takes '" + name + "' as " + described(info) + ", not int64 [1, any]");
      }
    }

    private CacheSlot slot(String past, TensorInfo info) {
      String present = presentOf(past);
      NodeInfo output = outputs.get(present);
      if (output == null) {
        throw unsupported("takes '" + past + "', but gives no '" + present + "'");
      }
      for (TensorInfo end : List.of(info, tensor(present, output))) {
        long[] shape = end.getShape();
        if (end.type != OnnxJavaType.FLOAT
            || shape.length != 4
            || shape[0] > 1
            || (shape[2] > 0 && end == info)) {
          throw unsupported(
              "keeps '" + past + "' as " + described(end) + ", not float32 [1, heads, any, size]");
        }
      }
      long[] shape = info.getShape();
      return new CacheSlot(
          past,
          present,
          size(past, shape[1], layout.keyValueHeads()),
          size(past, shape[3], layout.headSize()));
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
      throw unsupported("takes the input '" + past + "'");
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

    private long[] logits(String name) {
      NodeInfo output = outputs.get(name);
      if (output == null) {
        throw unsupported("has no output '" + name + "'");
      }
      TensorInfo info = tensor(name, output);
      long[] shape = info.getShape();
      if (info.type != OnnxJavaType.FLOAT || shape.length != 3 || shape[2] < 1) {
        throw unsupported(
            "gives '" + name + "' as " + described(info) + ", not float32 [1, any, vocabulary]");
      }
      return shape;
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
              + ". Supported are decoders with input_ids and per-layer float32 caches; this graph"
              + " declares the inputs "
              + inputs.keySet());
    }
  }
}
