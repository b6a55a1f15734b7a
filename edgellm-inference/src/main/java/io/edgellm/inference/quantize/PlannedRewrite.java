package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.function.Supplier;

/**
 * What becomes of the nodes that read a weight.
 *
 * @param weight an initializer of the main graph
 * @param rewrite makes the rewrite; called once for each weight
 */
record PlannedRewrite(TensorProto weight, Supplier<NodeRewrite> rewrite) {}
