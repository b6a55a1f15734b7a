package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.BlockNames;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A node with a constant weight, which a recipe may quantize.
 *
 * @param node the node
 * @param weight an initializer of the main graph
 * @param use what the node does with it
 * @param last whether it is the last product before the output
 */
record Candidate(NodeProto node, TensorProto weight, WeightUse use, boolean last) {
  /** Returns the name of the node, or that of its output if it has none. */
  String name() {
    return !node.getName().isEmpty() || node.getOutputCount() == 0
        ? node.getName()
        : node.getOutput(0);
  }

  boolean isSelectedBy(NodeSelector selector) {
    if (selector instanceof NodeSelector.Named named) {
      return matches(named.pattern());
    } else if (selector instanceof NodeSelector.Layers layers) {
      OptionalInt block = block();
      return block.isPresent()
          && block.getAsInt() >= layers.first()
          && block.getAsInt() <= layers.last();
    }
    return last;
  }

  private OptionalInt block() {
    OptionalInt ofNode = BlockNames.block(name());
    return ofNode.isPresent() ? ofNode : BlockNames.block(weight.getName());
  }

  private boolean matches(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (String part : pattern.split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(name()).matches();
  }
}
