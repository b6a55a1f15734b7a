package io.edgellm.inference.quantize;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * An exception from the format of a recipe for some MatMul nodes, chosen by name.
 *
 * <p>{@link #nodes()} is a node name in which {@code *} stands for any run of characters, such as
 * {@code *lm_head*} or {@code /model/layers.0/*}. A node without a name goes by the name of its
 * output. A rule that matches no node is refused, since a typing error would otherwise ship as a
 * worse model.
 */
public sealed interface NodeRule {
  /** Returns the name pattern. */
  String nodes();

  /**
   * Leaves the weights of the nodes in fp32.
   *
   * @param nodes the name pattern
   */
  record KeepFloat(String nodes) implements NodeRule {
    /** Checks that there is a pattern. */
    public KeepFloat {
      Objects.requireNonNull(nodes);
    }
  }

  /**
   * Stores the weights of the nodes in another format than the rest.
   *
   * @param nodes the name pattern
   * @param format the format
   */
  record UseFormat(String nodes, BlockFormat format) implements NodeRule {
    /** Checks that there is a pattern and a format. */
    public UseFormat {
      Objects.requireNonNull(nodes);
      Objects.requireNonNull(format);
    }
  }

  /**
   * Says whether the rule is about a node.
   *
   * @param node the name of the node
   */
  default boolean matches(String node) {
    String[] parts = nodes().split("\\*", -1);
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      regex.append(i == 0 ? "" : ".*").append(Pattern.quote(parts[i]));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(node).matches();
  }
}
