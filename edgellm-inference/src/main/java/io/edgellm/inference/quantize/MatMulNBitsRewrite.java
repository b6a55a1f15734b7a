package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * MatMul becomes {@code com.microsoft.MatMulNBits}, its weight becomes {@code <w>_Q4} (the number
 * of bits), {@code <w>_scales} and, if asymmetric, {@code <w>_zero_points}. Names, order and
 * attributes are those of {@code onnxruntime.quantization}.
 *
 * <p>The result is stored column by column, so a large matrix is converted in stripes of
 * neighbouring columns, and the heap holds the codes of one stripe.
 */
final class MatMulNBitsRewrite implements NodeRewrite {
  private static final long STRIPE_BYTES = 16 << 20;
  private static final long ROWS_BYTES = 8 << 20;

  private final TensorProto weight;
  private final BlockFormat format;
  private final int accuracyLevel;
  private final MatrixQuantizers quantizers;
  private final int rows;
  private final int columns;
  private final NewTensor packed;
  private final NewTensor scales;
  private final NewTensor zeroPoints;

  MatMulNBitsRewrite(
      TensorProto weight, BlockFormat format, int accuracyLevel, MatrixQuantizers quantizers) {
    this.weight = weight;
    this.format = format;
    this.accuracyLevel = accuracyLevel;
    this.quantizers = quantizers;
    this.rows = SourceMatrix.dimension(weight, 0);
    this.columns = SourceMatrix.dimension(weight, 1);
    String name = weight.getName();
    long n = columns;
    long blocks = format.blocks(rows);
    packed =
        NewTensor.of(
            name + "_Q" + format.bits(), ElementType.UINT8, n, blocks, (long) format.blockBytes());
    scales = NewTensor.of(name + "_scales", ElementType.FLOAT, n, blocks);
    zeroPoints =
        NewTensor.of(
            name + "_zero_points", ElementType.UINT8, n, (long) format.zeroPointBytes(rows));
  }

  @Override
  public List<NodeProto> nodes(NodeProto node, GraphScope scope) {
    NodeProto.Builder product =
        node.toBuilder()
            .clearInput()
            .clearAttribute()
            .setOpType("MatMulNBits")
            .setDomain(NodeRewrites.DOMAIN)
            .addInput(node.getInput(0));
    tensors().forEach(tensor -> product.addInput(tensor.name()));
    if (!node.getName().isEmpty()) {
      product.setName(node.getName() + "_Q" + format.bits());
    }
    product.addAttribute(NodeRewrites.attribute("K", rows));
    product.addAttribute(NodeRewrites.attribute("N", columns));
    if (accuracyLevel != 0) {
      product.addAttribute(NodeRewrites.attribute("accuracy_level", accuracyLevel));
    }
    product.addAttribute(NodeRewrites.attribute("bits", format.bits()));
    product.addAttribute(NodeRewrites.attribute("block_size", format.blockSize()));
    return List.of(product.build());
  }

  @Override
  public List<NewTensor> tensors() {
    return format.symmetric() ? List.of(packed, scales) : List.of(packed, scales, zeroPoints);
  }

  @Override
  public void write(SourceMatrix matrix, TensorSink sink) throws IOException {
    int stripe = stripeColumns();
    for (int first = 0; first < columns; first += stripe) {
      int width = Math.min(stripe, columns - first);
      MatrixQuantizer quantizer = quantizers.of(weight.getName(), format, rows, first, width);
      matrix.read(first, width, format.blockSize(), quantizer::add);
      QuantizedMatrix result = quantizer.result();
      sink.append(packed, ByteBuffer.wrap(result.packed()));
      sink.append(scales, result.scales(), result.scales().length);
      if (!format.symmetric()) {
        sink.append(zeroPoints, ByteBuffer.wrap(result.zeroPoints()));
      }
    }
  }

  /** So many that neither their codes nor a block of their rows take much memory. */
  private int stripeColumns() {
    long codes = STRIPE_BYTES / ((long) format.blocks(rows) * format.blockBytes());
    long block = ROWS_BYTES / ((long) Math.min(rows, format.blockSize()) * Float.BYTES);
    return (int) Math.max(1, Math.min(columns, Math.min(codes, block)));
  }
}
