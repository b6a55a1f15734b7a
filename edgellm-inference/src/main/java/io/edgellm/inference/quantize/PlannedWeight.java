package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;

/**
 * A weight that is to be quantized.
 *
 * @param weight the fp32 matrix
 * @param use what reads it
 * @param format how it will be stored
 */
record PlannedWeight(TensorProto weight, WeightUse use, WeightFormat format) {}
