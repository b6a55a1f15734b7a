package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * MatMul becomes MatMulInteger: the input is rounded to eight bits while the model runs
 * (DynamicQuantizeLinear, once for all products that read it), the product of whole numbers is made
 * a real one again (Cast) and multiplied by both scales (Mul).
 *
 * <p>Names, order and attributes of nodes and tensors are those of {@code
 * onnxruntime.quantization.quantize_dynamic}, which the runtime fuses into one operator at load.
 */
final class DynamicInt8Rewrite implements NodeRewrite {
  /** Codes go from minus to plus this, so that minus and plus the same number are as exact. */
  private static final int HIGHEST = 127;

  /** Two products of seven by eight bits fit sixteen bits with a sign. */
  private static final int HIGHEST_REDUCED = 64;

  private static final int ROWS_AT_ONCE = 16;

  private final DynamicInt8 format;
  private final NewTensor codes;
  private final NewTensor scale;
  private final NewTensor zeroPoint;

  DynamicInt8Rewrite(TensorProto weight, DynamicInt8 format) {
    this.format = format;
    String name = weight.getName();
    Long[] dims = format.perChannel() ? new Long[] {weight.getDims(1)} : new Long[0];
    this.codes =
        NewTensor.of(name + "_quantized", ElementType.INT8, weight.getDims(0), weight.getDims(1));
    this.scale = NewTensor.of(name + "_scale", ElementType.FLOAT, dims);
    this.zeroPoint = NewTensor.of(name + "_zero_point", ElementType.INT8, dims);
  }

  @Override
  public List<NewTensor> tensors() {
    return List.of(codes, scale, zeroPoint);
  }

  @Override
  public List<NodeProto> nodes(NodeProto node, GraphScope scope) {
    String input = node.getInput(0);
    String name = node.getName().isEmpty() ? "" : node.getName() + "_quant";
    String product = node.getOutput(0) + "_output_quantized";
    String real = product + "_cast_output";
    List<NodeProto> nodes = new ArrayList<>();
    if (scope.add(input + "_quantized")) {
      nodes.add(
          node("DynamicQuantizeLinear", input + "_QuantizeLinear", List.of(input))
              .addAllOutput(List.of(input + "_quantized", input + "_scale", input + "_zero_point"))
              .build());
    }
    nodes.add(node("MatMulInteger", name, factors(input)).addOutput(product).build());
    nodes.add(
        node("Cast", product + "_cast", List.of(product))
            .addOutput(real)
            .addAttribute(NodeRewrites.attribute("to", ElementType.FLOAT.number()))
            .build());
    String scales = addScales(node, scope, nodes);
    nodes.add(
        node("Mul", name.isEmpty() ? "" : name + "_output_scale_mul", List.of(real, scales))
            .addOutput(node.getOutput(0))
            .build());
    return nodes;
  }

  private List<String> factors(String input) {
    return List.of(input + "_quantized", codes.name(), input + "_zero_point", zeroPoint.name());
  }

  /** Returns the product of both scales, and adds its node where there is none yet. */
  private String addScales(NodeProto node, GraphScope scope, List<NodeProto> nodes) {
    String ofInput = node.getInput(0) + "_scale";
    // Nodes without a name that multiply the same share the product, others have one each.
    boolean shared = node.getName().isEmpty();
    String name =
        shared ? ofInput + "_" + scale.name() + "_mul" : node.getName() + "_quant_scales_mul";
    boolean absent = scope.add(name);
    if (!absent && !shared) {
      // Another node has the same name, and other scales.
      name = node.getOutput(0) + "_scales_mul";
      absent = scope.add(name);
    }
    if (absent) {
      nodes.add(node("Mul", name, List.of(ofInput, scale.name())).addOutput(name + ":0").build());
    }
    return name + ":0";
  }

  private static NodeProto.Builder node(String operator, String name, List<String> inputs) {
    return NodeProto.newBuilder().setOpType(operator).setName(name).addAllInput(inputs);
  }

  @Override
  public void write(SourceMatrix weight, TensorSink sink) throws IOException {
    float[] scales = scales(weight);
    int columns = weight.columns();
    byte[] bytes = new byte[Math.multiplyExact(columns, Math.min(ROWS_AT_ONCE, weight.rows()))];
    weight.read(
        0,
        columns,
        ROWS_AT_ONCE,
        (values, rows) -> {
          for (int row = 0; row < rows; row++) {
            encode(values, row * columns, columns, scales, bytes);
          }
          sink.append(codes, ByteBuffer.wrap(bytes, 0, rows * columns));
        });
    sink.append(scale, scales, scales.length);
    sink.append(zeroPoint, ByteBuffer.allocate(scales.length));
  }

  private void encode(float[] values, int from, int count, float[] scales, byte[] into) {
    if (format.perChannel()) {
      for (int i = 0; i < count; i++) {
        into[from + i] = code(values[from + i], scales[i]);
      }
    } else {
      float only = scales[0];
      for (int i = from; i < from + count; i++) {
        into[i] = code(values[i], only);
      }
    }
  }

  /** A symmetric code: no number is larger than what the scale was made for. */
  private static byte code(float value, float scale) {
    return (byte) Math.rint(value / scale);
  }

  /** Returns the scale of every column, or that of all of them. */
  private float[] scales(SourceMatrix weight) throws IOException {
    int columns = weight.columns();
    float[] magnitudes = new float[columns];
    weight.read(
        0,
        columns,
        ROWS_AT_ONCE,
        (values, rows) -> {
          for (int row = 0; row < rows; row++) {
            int from = row * columns;
            for (int i = 0; i < columns; i++) {
              magnitudes[i] = Math.max(magnitudes[i], Math.abs(values[from + i]));
            }
          }
        });
    float[] channels = format.perChannel() ? magnitudes : new float[] {largest(magnitudes)};
    int highest = format.reduceRange() ? HIGHEST_REDUCED : HIGHEST;
    for (int i = 0; i < channels.length; i++) {
      channels[i] = LinearCode.symmetric(channels[i], IntegerType.INT8, highest).scale();
    }
    return channels;
  }

  private static float largest(float[] magnitudes) {
    float largest = 0;
    for (float magnitude : magnitudes) {
      largest = Math.max(largest, magnitude);
    }
    return largest;
  }
}
