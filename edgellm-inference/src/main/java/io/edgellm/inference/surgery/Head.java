package io.edgellm.inference.surgery;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.GraphWires;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The head of a decoder: the product of hidden states and vocabulary weights, and what follows it
 * up to the logits.
 *
 * @param entry the node whose first input are the hidden states {@code [batch, positions, hidden]}
 * @param values what flows from there to the logits, these included
 */
record Head(NodeProto entry, List<String> values) {

  Head {
    values = List.copyOf(values);
  }

  /** Returns the hidden states. */
  String hidden() {
    return entry.getInput(0);
  }

  /**
   * Finds the head of a graph: from the logits back to the first product with a weight. On the way
   * every row must depend on its own hidden state alone.
   *
   * @throws Unknown with what was seen instead
   */
  static Head find(GraphWires wires, String logits) throws Unknown {
    return new Search(wires).from(logits);
  }

  /** The head is of a kind that is not known. */
  static final class Unknown extends Exception {
    private static final long serialVersionUID = 1L;

    private final String seen;

    Unknown(String seen) {
      super(seen);
      this.seen = seen;
    }

    String seen() {
      return seen;
    }
  }

  private static final class Search {
    private static final int MAX_NODES = 16;
    private static final Set<String> OF_ONE_VALUE = Set.of("Cast", "Identity", "Tanh", "Clip");
    private static final Set<String> OF_TWO_VALUES = Set.of("Mul", "Div", "Add", "Sub");
    private static final Set<String> PRODUCTS =
        Set.of("MatMul", "MatMulNBits", "FusedMatMul", "DynamicQuantizeMatMul");

    private final GraphWires wires;
    private final List<String> values = new ArrayList<>();
    private String activationScale = "";

    Search(GraphWires wires) {
      this.wires = wires;
    }

    Head from(String logits) throws Unknown {
      String value = logits;
      while (values.size() < MAX_NODES) {
        NodeProto node = maker(value);
        requireOneReader(value);
        values.add(value);
        if (PRODUCTS.contains(node.getOpType())) {
          return product(node);
        }
        if (node.getOpType().equals("MatMulInteger")) {
          return integerProduct(node);
        }
        value = before(node);
      }
      throw new Unknown("more than " + MAX_NODES + " nodes follow the head");
    }

    private NodeProto maker(String value) throws Unknown {
      return wires
          .maker(value)
          .orElseThrow(() -> new Unknown("no node of the main graph makes '" + value + "'"));
    }

    private void requireOneReader(String value) throws Unknown {
      if (wires.readers(value) != 1) {
        throw new Unknown(
            "'" + value + "' is read " + wires.readers(value) + " times, not only for the logits");
      }
    }

    /** Returns the value that a node treats row by row. */
    private String before(NodeProto node) throws Unknown {
      String type = node.getOpType();
      if (OF_ONE_VALUE.contains(type) && node.getInputCount() > 0 && othersAreConstant(node)) {
        return node.getInput(0);
      }
      if (OF_TWO_VALUES.contains(type) && node.getInputCount() == 2) {
        String first = node.getInput(0);
        String second = node.getInput(1);
        if (isSameForAllRows(second)) {
          return first;
        }
        if (isSameForAllRows(first)) {
          return second;
        }
        if (type.equals("Mul") && isActivationScale(second)) {
          return first;
        }
        if (type.equals("Mul") && isActivationScale(first)) {
          return second;
        }
      }
      throw new Unknown("the logits go through " + described(node));
    }

    private boolean othersAreConstant(NodeProto node) {
      return node.getInputList().stream()
          .skip(1)
          .allMatch(input -> input.isEmpty() || wires.isConstant(input));
    }

    /** A number, or one per token; of at most two dimensions, so that it adds none to the rows. */
    private boolean isSameForAllRows(String value) {
      Optional<TensorProto> shape = wires.isConstant(value) ? wires.shapeSource(value) : none();
      return shape
          .filter(it -> it.getDimsCount() <= 2)
          .filter(it -> it.getDimsList().stream().limit(leading(it)).allMatch(dim -> dim == 1))
          .isPresent();
    }

    private static Optional<TensorProto> none() {
      return Optional.empty();
    }

    private static int leading(TensorProto tensor) {
      return Math.max(0, tensor.getDimsCount() - 1);
    }

    /** The scale of activations that were quantized on the fly, or its product with a weight's. */
    private boolean isActivationScale(String value) {
      NodeProto maker = wires.maker(value).orElse(NodeProto.getDefaultInstance());
      if (maker.getOpType().equals("Mul")
          && maker.getInputCount() == 2
          && wires.readers(value) == 1) {
        String first = maker.getInput(0);
        String second = maker.getInput(1);
        return (isSameForAllRows(second) && isActivationScale(first))
            || (isSameForAllRows(first) && isActivationScale(second));
      }
      if (maker.getOpType().equals("DynamicQuantizeLinear")
          && maker.getOutputList().indexOf(value) == 1
          && activationScale.isEmpty()) {
        activationScale = value;
        return true;
      }
      return false;
    }

    private Head product(NodeProto node) throws Unknown {
      if (node.getInputCount() < 2 || !othersAreConstant(node)) {
        throw new Unknown("the logits come from " + described(node) + " of no constant weight");
      }
      boolean matrix = wires.rank(node.getInput(1)).equals(OptionalInt.of(2));
      if (!node.getOpType().equals("MatMulNBits") && !matrix) {
        throw new Unknown("the weight of " + described(node) + " is not a matrix");
      }
      if (isSet(node, "transA") || isSet(node, "transBatchA")) {
        throw new Unknown(described(node) + " takes its rows transposed");
      }
      if (!activationScale.isEmpty()) {
        throw new Unknown("the logits are scaled by '" + activationScale + "' of something else");
      }
      return new Head(node, values);
    }

    /** The product of activations that were quantized on the fly for this product alone. */
    private Head integerProduct(NodeProto node) throws Unknown {
      String integers = node.getInputCount() > 0 ? node.getInput(0) : "";
      NodeProto quantizer = wires.maker(integers).orElse(NodeProto.getDefaultInstance());
      boolean fits =
          node.getInputCount() >= 3
              && quantizer.getInputCount() == 1
              && quantizer.getOutputCount() == 3
              && quantizer.getOpType().equals("DynamicQuantizeLinear")
              && quantizer.getOutput(1).equals(activationScale)
              && quantizer.getOutput(2).equals(node.getInput(2))
              && wires.isConstant(node.getInput(1))
              && wires.rank(node.getInput(1)).equals(OptionalInt.of(2))
              && (node.getInputCount() == 3 || wires.isConstant(node.getInput(3)));
      if (!fits) {
        throw new Unknown(
            "the logits come from " + described(node) + " in an order that is not known");
      }
      for (String output : quantizer.getOutputList()) {
        requireOneReader(output);
        values.add(output);
      }
      return new Head(quantizer, values);
    }

    private static boolean isSet(NodeProto node, String attribute) {
      return node.getAttributeList().stream()
          .filter(it -> it.getName().equals(attribute))
          .mapToLong(AttributeProto::getI)
          .anyMatch(value -> value != 0);
    }

    private static String described(NodeProto node) {
      return node.getName().isEmpty()
          ? node.getOpType()
          : node.getOpType() + " '" + node.getName() + "'";
    }
  }
}
