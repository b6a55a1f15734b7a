package io.edgellm.inference.models;

import static io.edgellm.inference.onnx.Dim.dim;

import io.edgellm.inference.onnx.Dim;
import io.edgellm.inference.onnx.Value;

/** The states of convolutions, {@code [batch, hidden, width]}, as LFM2's graphs declare them. */
record ShortConvolution(DecoderParts parts) implements DecoderParts.ConvolutionState {
  private static final Dim BATCH = dim("batch_size");

  @Override
  public Value past(int layer, Layer.Convolution shape) {
    return parts.graph.input(
        "past_conv." + layer,
        parts.type,
        BATCH,
        dim(parts.architecture.hidden()),
        dim(shape.width()));
  }

  @Override
  public void present(int layer, Layer.Convolution shape, Value state) {
    Value named = parts.graph.node("Identity", state).output("present_conv." + layer);
    parts.graph.output(
        named, parts.type, BATCH, dim(parts.architecture.hidden()), dim(shape.width()));
  }
}
