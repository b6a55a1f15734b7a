package io.edgellm.inference.quantize;

import java.util.Objects;

/**
 * An exception from the format of a recipe for some nodes.
 *
 * <p>A rule that decides about no node is refused, since a typing error would otherwise ship as a
 * worse model.
 */
public sealed interface NodeRule {
  /** Returns the nodes that it is about. */
  NodeSelector nodes();

  /**
   * Leaves the weights of the nodes in fp32.
   *
   * @param nodes which
   */
  record KeepFloat(NodeSelector nodes) implements NodeRule {
    /** Checks that there are nodes. */
    public KeepFloat {
      Objects.requireNonNull(nodes);
    }

    /**
     * Leaves nodes in fp32 by their name.
     *
     * @param pattern as {@link NodeSelector.Named} takes it
     */
    public KeepFloat(String pattern) {
      this(new NodeSelector.Named(pattern));
    }
  }

  /**
   * Stores the weights of the nodes in another format than the rest.
   *
   * @param nodes which
   * @param format the format
   */
  record UseFormat(NodeSelector nodes, WeightFormat format) implements NodeRule {
    /** Checks that there are nodes and a format. */
    public UseFormat {
      Objects.requireNonNull(nodes);
      Objects.requireNonNull(format);
    }

    /**
     * Chooses nodes by their name.
     *
     * @param pattern as {@link NodeSelector.Named} takes it
     * @param format the format
     */
    public UseFormat(String pattern, WeightFormat format) {
      this(new NodeSelector.Named(pattern), format);
    }
  }
}
