package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.quantize.QuantizationException.Reason;

/**
 * Refuses graphs that ONNX Runtime 1.28.0, which runs the result, does not load or does not promise
 * to run: IR versions 3 to 13, opsets 7 to 26, and its own operators in version 1.
 */
final class SupportedModel {
  private static final int MIN_IR = 3;
  private static final int MAX_IR = 13;
  private static final int MIN_OPSET = 7;
  private static final int MAX_OPSET = 26;

  private SupportedModel() {}

  static void require(ModelProto model) {
    if (model.getIrVersion() < MIN_IR || model.getIrVersion() > MAX_IR) {
      throw unsupported("IR version " + model.getIrVersion(), MIN_IR, MAX_IR);
    }
    boolean standard = false;
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      if (set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx")) {
        standard = true;
        if (set.getVersion() < MIN_OPSET || set.getVersion() > MAX_OPSET) {
          throw unsupported("opset " + set.getVersion(), MIN_OPSET, MAX_OPSET);
        }
      } else if (set.getDomain().equals(NodeRewrites.DOMAIN) && set.getVersion() != 1) {
        throw unsupported("opset " + set.getVersion() + " of " + set.getDomain(), 1, 1);
      }
    }
    if (!standard) {
      throw unsupported("no opset", MIN_OPSET, MAX_OPSET);
    }
    requireShapes(model.getGraph());
  }

  /** Two of them would make a number of weights that looks right. */
  private static void requireShapes(GraphProto graph) {
    for (TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getDimsList().stream().anyMatch(dimension -> dimension < 0)) {
        throw new QuantizationException(
            Reason.MALFORMED_MODEL,
            "A weight has the shape "
                + tensor.getDimsList()
                + ": no dimension is negative; export the model again.",
            tensor.getName());
      }
    }
  }

  /** Returns the version of the standard operators. */
  static long opset(ModelProto model) {
    return model.getOpsetImportList().stream()
        .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
        .mapToLong(OperatorSetIdProto::getVersion)
        .findFirst()
        .orElse(0);
  }

  /**
   * Refuses a graph whose operators are too old for what is to be put in.
   *
   * @param what is to be put in
   */
  static void requireOpset(long opset, long least, String what) {
    if (opset < least) {
      throw new QuantizationException(
          Reason.UNSUPPORTED_MODEL,
          "The graph has opset "
              + opset
              + ", but "
              + what
              + " needs "
              + least
              + ": export it for that or a later one.",
          "opset " + opset);
    }
  }

  private static QuantizationException unsupported(String seen, int min, int max) {
    return new QuantizationException(
        Reason.UNSUPPORTED_MODEL,
        "The graph has "
            + seen
            + "; handled are "
            + min
            + (min == max ? "" : " to " + max)
            + ": export it for one of these, opset 17 or 21 for instance.",
        seen);
  }
}
