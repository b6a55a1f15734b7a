package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What is added to a product of codes is stored in steps of the product of both scales, as 32-bit
 * integers: then no scale is needed to add it.
 */
final class BiasRewrite implements NodeRewrite {
  private final float inputScale;
  private final LinearRewrite weight;
  private final TensorProto weightTensor;
  private final Weights weights;
  private final NewTensor quantized;
  private final NewTensor scale;
  private final NewTensor zeroPoint;

  /** Gives access to other constants of the source. */
  @FunctionalInterface
  interface Weights {
    SourceMatrix open(TensorProto tensor) throws IOException;
  }

  BiasRewrite(
      TensorProto bias,
      float inputScale,
      LinearRewrite weight,
      TensorProto weightTensor,
      Weights weights) {
    this.inputScale = inputScale;
    this.weight = weight;
    this.weightTensor = weightTensor;
    this.weights = weights;
    String name = bias.getName() + "_quantized";
    List<Long> channels = List.of(isPerChannel() ? weightTensor.getDims(weight.axis()) : 1L);
    this.quantized = NewTensor.of(name, ElementType.INT32, bias.getDimsList());
    this.scale = NewTensor.of(name + "_scale", ElementType.FLOAT, channels);
    this.zeroPoint =
        NewTensor.of(
            name + "_zero_point", ElementType.INT32, isPerChannel() ? channels : List.of());
  }

  /** Returns whether each number has its own scale: a single one has that of the whole. */
  private boolean isPerChannel() {
    return weight.axis() >= 0 && weightTensor.getDims(weight.axis()) > 1;
  }

  @Override
  public List<NodeProto> nodes(NodeProto decoding, GraphScope scope) {
    return List.of(LinearRewrite.decoding(decoding, tensors(), isPerChannel() ? 0 : -1));
  }

  @Override
  public List<NewTensor> tensors() {
    return List.of(quantized, scale, zeroPoint);
  }

  @Override
  public void write(SourceMatrix bias, TensorSink sink) throws IOException {
    LinearCode[] channels = weight.channels(weights.open(weightTensor));
    float[] scales = new float[channels.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = inputScale * channels[i].scale();
    }
    bias.read(
        0,
        bias.columns(),
        1,
        (values, rows) -> {
          ByteBuffer codes =
              ByteBuffer.allocate(bias.columns() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          for (int i = 0; i < bias.columns(); i++) {
            double steps = (double) values[i] / scales[scales.length == 1 ? 0 : i];
            codes.putInt((int) Math.rint(steps)); // what is too large becomes the largest
          }
          sink.append(quantized, codes.flip());
        });
    sink.append(scale, scales, scales.length);
    sink.append(zeroPoint, ByteBuffer.allocate(Math.toIntExact(zeroPoint.bytes())));
  }
}
