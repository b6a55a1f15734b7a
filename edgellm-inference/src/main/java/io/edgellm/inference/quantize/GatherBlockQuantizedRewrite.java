package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The Gather of an embedding becomes {@code com.microsoft.GatherBlockQuantized}, its table becomes
 * {@code <w>_Q4} (the number of bits), {@code <w>_scales} and, if asymmetric, {@code
 * <w>_zero_points}: bytes, as ONNX Runtime's kernel reads them in any opset, with blocks along the
 * rows.
 */
final class GatherBlockQuantizedRewrite implements NodeRewrite {
  private static final int CHUNK_NUMBERS = 1 << 20;

  private final BlockFormat format;
  private final NewTensor codes;
  private final NewTensor scales;
  private final NewTensor zeroPoints;

  GatherBlockQuantizedRewrite(TensorProto table, BlockFormat format) {
    this.format = format;
    String name = table.getName();
    int columns = SourceMatrix.dimension(table, 1);
    long rows = table.getDims(0);
    codes =
        NewTensor.of(
            name + "_Q" + format.bits(),
            ElementType.UINT8,
            rows,
            (long) columns / format.weightsPerByte());
    scales = NewTensor.of(name + "_scales", ElementType.FLOAT, rows, (long) format.blocks(columns));
    zeroPoints =
        NewTensor.of(
            name + "_zero_points", ElementType.UINT8, rows, (long) format.zeroPointBytes(columns));
  }

  @Override
  public List<NodeProto> nodes(NodeProto node, GraphScope scope) {
    return List.of(node(node, format, tensors()));
  }

  /** Returns the node that reads these tensors: codes, scales and perhaps zero points. */
  static NodeProto node(NodeProto gather, BlockFormat format, List<NewTensor> tensors) {
    NodeProto.Builder quantized =
        gather.toBuilder()
            .clearInput()
            .clearAttribute()
            .setOpType("GatherBlockQuantized")
            .setDomain(NodeRewrites.DOMAIN)
            .addInput(tensors.get(0).name())
            .addInput(gather.getInput(1));
    tensors.stream().skip(1).forEach(tensor -> quantized.addInput(tensor.name()));
    if (!gather.getName().isEmpty()) {
      quantized.setName(gather.getName() + "_Q" + format.bits());
    }
    return quantized
        .addAttribute(NodeRewrites.attribute("gather_axis", 0))
        .addAttribute(NodeRewrites.attribute("quantize_axis", 1))
        .addAttribute(NodeRewrites.attribute("block_size", format.blockSize()))
        .addAttribute(NodeRewrites.attribute("bits", format.bits()))
        .build();
  }

  @Override
  public List<NewTensor> tensors() {
    return format.symmetric() ? List.of(codes, scales) : List.of(codes, scales, zeroPoints);
  }

  @Override
  public void write(SourceMatrix table, TensorSink sink) throws IOException {
    int columns = table.columns();
    int atOnce = Math.max(1, Math.min(table.rows(), CHUNK_NUMBERS / columns));
    TableQuantizer quantizer = new TableQuantizer(format, columns, atOnce);
    table.read(
        0,
        columns,
        atOnce,
        (values, rows) -> {
          quantizer.quantize(values, rows);
          sink.append(codes, ByteBuffer.wrap(quantizer.codes(), 0, rows * quantizer.rowBytes()));
          sink.append(scales, quantizer.scales(), rows * format.blocks(columns));
          if (!format.symmetric()) {
            int bytes = rows * format.zeroPointBytes(columns);
            sink.append(zeroPoints, ByteBuffer.wrap(quantizer.zeroPoints(), 0, bytes));
          }
        });
  }
}
