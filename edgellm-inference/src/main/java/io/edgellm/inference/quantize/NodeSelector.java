package io.edgellm.inference.quantize;

import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.util.Objects;

/** Which nodes with a constant weight a rule is about. */
public sealed interface NodeSelector {
  /**
   * Nodes by their name, in which {@code *} stands for any run of characters: {@code *down_proj*},
   * {@code /model/layers.0/*}. A node without a name goes by the name of its output.
   *
   * @param pattern the name
   */
  record Named(String pattern) implements NodeSelector {
    /** Checks that there is a pattern. */
    public Named {
      Objects.requireNonNull(pattern);
    }

    @Override
    public String toString() {
      return pattern;
    }
  }

  /**
   * The product that gives the logits: the nearest MatMul with a constant weight on the way back
   * from the output of the graph, whatever it is called. It is often worth more bits than the rest.
   */
  record LastMatMul() implements NodeSelector {
    @Override
    public String toString() {
      return "the last MatMul";
    }
  }

  /**
   * The nodes of some blocks of the network, by the number in their names or in those of their
   * weights: {@code layers.7}, {@code h.7}, {@code blocks.7}.
   *
   * @param first the first block, from 0
   * @param last the last block, itself included
   */
  record Layers(int first, int last) implements NodeSelector {
    /**
     * @throws QuantizationException with {@code INVALID_RECIPE} if the range holds no block
     */
    public Layers {
      if (first < 0 || last < first) {
        throw new QuantizationException(
            Reason.INVALID_RECIPE,
            "Layers go from 0 up, the first before the last, not from " + first + " to " + last,
            "layers");
      }
    }

    @Override
    public String toString() {
      return first == last ? "layer " + first : "layers " + first + " to " + last;
    }
  }
}
