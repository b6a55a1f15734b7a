package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A constant becomes {@code <w>_quantized}, {@code <w>_scale} and {@code <w>_zero_point}: all its
 * numbers have the same codes, or those of a row or of a column.
 */
final class LinearRewrite implements NodeRewrite {
  private static final int ROWS_AT_ONCE = 16;
  private static final int HIGHEST_WEIGHT = 127;

  private final Codes codes;
  private final NewTensor quantized;
  private final NewTensor scale;
  private final NewTensor zeroPoint;

  /** How codes are chosen. */
  sealed interface Codes {
    IntegerType type();
  }

  /** Eight bits around zero, along an axis or (-1) for all. */
  record Weight(int axis) implements Codes {
    @Override
    public IntegerType type() {
      return IntegerType.INT8;
    }
  }

  /** All codes of a type for the range of all numbers. */
  record Whole(IntegerType type) implements Codes {}

  LinearRewrite(TensorProto tensor, Codes codes) {
    this.codes = codes;
    String name = tensor.getName();
    List<Long> channels = axis() < 0 ? List.of() : List.of(tensor.getDims(axis()));
    ElementType type = codes.type().element();
    this.quantized = NewTensor.of(name + "_quantized", type, tensor.getDimsList());
    this.scale = NewTensor.of(name + "_scale", ElementType.FLOAT, channels);
    this.zeroPoint = NewTensor.of(name + "_zero_point", type, channels);
  }

  /** Returns the axis along which scales differ, or -1. */
  int axis() {
    return codes instanceof Weight weight ? weight.axis() : -1;
  }

  @Override
  public List<NodeProto> nodes(NodeProto decoding, GraphScope scope) {
    return List.of(decoding(decoding, List.of(quantized, scale, zeroPoint), axis()));
  }

  /** Returns a node that reads codes in place of the constant itself. */
  static NodeProto decoding(NodeProto node, List<NewTensor> tensors, int axis) {
    NodeProto.Builder decoding = node.toBuilder().clearInput();
    tensors.forEach(tensor -> decoding.addInput(tensor.name()));
    if (axis >= 0) {
      decoding.addAttribute(NodeRewrites.attribute("axis", axis));
    }
    return decoding.build();
  }

  @Override
  public List<NewTensor> tensors() {
    return List.of(scale, zeroPoint, quantized);
  }

  @Override
  public void write(SourceMatrix weight, TensorSink sink) throws IOException {
    LinearCode[] channels = channels(weight);
    int columns = weight.columns();
    int size = codes.type().element().bytes();
    ByteBuffer bytes =
        ByteBuffer.allocate(
                Math.multiplyExact(
                    Math.multiplyExact(columns, size), Math.min(ROWS_AT_ONCE, weight.rows())))
            .order(ByteOrder.LITTLE_ENDIAN);
    int[] firstRow = {0};
    weight.read(
        0,
        columns,
        ROWS_AT_ONCE,
        (values, rows) -> {
          bytes.clear();
          for (int i = 0; i < rows * columns; i++) {
            int channel = channel(firstRow[0] + i / columns, i % columns);
            put(bytes, size, channels[channel].code(values[i]));
          }
          firstRow[0] += rows;
          sink.append(quantized, bytes.flip());
        });
    float[] scales = new float[channels.length];
    ByteBuffer zeros = ByteBuffer.allocate(channels.length * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < channels.length; i++) {
      scales[i] = channels[i].scale();
      put(zeros, size, channels[i].zeroPoint());
    }
    sink.append(scale, scales, scales.length);
    sink.append(zeroPoint, zeros.flip());
  }

  private static void put(ByteBuffer bytes, int size, int code) {
    if (size == 1) {
      bytes.put((byte) code);
    } else {
      bytes.putShort((short) code);
    }
  }

  private int channel(int row, int column) {
    return switch (axis()) {
      case 0 -> row;
      case 1 -> column;
      default -> 0;
    };
  }

  /** Returns the codes of every channel, or those of all numbers. */
  LinearCode[] channels(SourceMatrix weight) throws IOException {
    int count =
        switch (axis()) {
          case 0 -> weight.rows();
          case 1 -> weight.columns();
          default -> 1;
        };
    float[] lowest = new float[count];
    float[] highest = new float[count];
    int[] firstRow = {0};
    weight.read(
        0,
        weight.columns(),
        ROWS_AT_ONCE,
        (values, rows) -> {
          for (int i = 0; i < rows * weight.columns(); i++) {
            int channel = channel(firstRow[0] + i / weight.columns(), i % weight.columns());
            lowest[channel] = Math.min(lowest[channel], values[i]);
            highest[channel] = Math.max(highest[channel], values[i]);
          }
          firstRow[0] += rows;
        });
    LinearCode[] channels = new LinearCode[count];
    for (int i = 0; i < count; i++) {
      channels[i] = code(lowest[i], highest[i]);
    }
    return channels;
  }

  private LinearCode code(float lowest, float highest) {
    return codes instanceof Weight
        ? LinearCode.symmetric(Math.max(-lowest, highest), codes.type(), HIGHEST_WEIGHT)
        : LinearCode.asymmetric(lowest, highest, codes.type());
  }
}
