package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A quantized model whose scales are to be taken over: made by this tool with the same recipe, and
 * with the same weights in the same shapes. For one thread.
 */
final class BaseModel implements AutoCloseable {
  private final SourceFiles files;
  private final TensorSource source;
  private final Map<String, TensorProto> tensors = new HashMap<>();

  private BaseModel(ModelDirectory directory) throws IOException {
    Path graph = directory.graph();
    this.files = new SourceFiles(directory);
    files.add(graph);
    for (TensorProto tensor : OnnxGraphFile.read(graph).getGraph().getInitializerList()) {
      tensors.put(tensor.getName(), tensor);
    }
    this.source = new TensorSource(directory, graph, files);
  }

  /**
   * Opens a base.
   *
   * @param model its directory
   * @param recipe what its scales are wanted for
   * @throws QuantizationException with {@code BASE_MISMATCH} if it was made in another way
   */
  static BaseModel open(Path model, QuantizationRecipe recipe) throws IOException {
    ModelDirectory directory = ModelDirectory.open(model);
    requireRecipe(directory.root().resolve(QuantizationReport.FILE_NAME), recipe);
    return new BaseModel(directory);
  }

  private static void requireRecipe(Path report, QuantizationRecipe recipe) throws IOException {
    if (!Files.isRegularFile(report)) {
      throw mismatch(
          "The base has no "
              + QuantizationReport.FILE_NAME
              + ": give the directory of a release that this tool quantized.",
          report.toString());
    }
    JsonNode made = new ObjectMapper().readTree(report.toFile());
    ObjectNode wanted = QuantizationReportJson.recipe(recipe);
    for (String field : List.of("embedding", "shards")) {
      requireSame(field, made.get(field), wanted.get(field));
    }
    for (Entry<String, JsonNode> field : wanted.properties()) {
      requireSame(field.getKey(), made.get(field.getKey()), field.getValue());
    }
  }

  private static void requireSame(
      String field, @Nullable JsonNode made, @Nullable JsonNode wanted) {
    if (made == null ? wanted != null : !made.equals(wanted)) {
      throw mismatch(
          "The base was quantized with another recipe: its "
              + field
              + " is "
              + made
              + ", not "
              + wanted
              + ". Use the recipe of the base, or none.",
          field);
    }
  }

  /**
   * Checks that a weight is there.
   *
   * @throws QuantizationException with {@code BASE_MISMATCH} if it is not, or has another shape
   */
  void require(TensorProto matrix, BlockFormat format) {
    String weight = matrix.getName();
    int rows = SourceMatrix.dimension(matrix, 0);
    int columns = SourceMatrix.dimension(matrix, 1);
    int blocks = format.blocks(rows);
    requireShape(weight + "_Q" + format.bits(), columns, blocks, format.blockBytes());
    requireShape(weight + "_scales", columns, blocks);
    if (!format.symmetric()) {
      requireShape(weight + "_zero_points", columns, format.zeroPointBytes(rows));
    }
  }

  private void requireShape(String name, long... shape) {
    List<Long> needed = LongStream.of(shape).boxed().toList();
    TensorProto tensor = tensors.get(name);
    List<Long> dimensions = tensor == null ? List.of() : tensor.getDimsList();
    if (!dimensions.equals(needed)) {
      throw mismatch(
          "The base has "
              + (tensor == null ? "no tensor " + name : name + " of shape " + dimensions)
              + ", and the model needs "
              + needed
              + ": a base is an earlier release of the same network.",
          name);
    }
  }

  /** Returns scales and zero points of some neighbouring columns, without codes. */
  QuantizedMatrix scales(String weight, BlockFormat format, int rows, int firstColumn, int columns)
      throws IOException {
    int blocks = format.blocks(rows);
    ByteBuffer scales = read(weight + "_scales", firstColumn, columns, blocks * Float.BYTES);
    float[] values = new float[columns * blocks];
    scales.asFloatBuffer().get(values);
    byte[] zeroPoints =
        format.symmetric()
            ? new byte[0]
            : read(weight + "_zero_points", firstColumn, columns, format.zeroPointBytes(rows))
                .array();
    return new QuantizedMatrix(new byte[0], values, zeroPoints, columns, blocks);
  }

  private ByteBuffer read(String name, int firstColumn, int columns, int columnBytes)
      throws IOException {
    TensorProto tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalStateException(name);
    }
    TensorBytes bytes = source.bytes(tensor);
    long start = (long) firstColumn * columnBytes;
    int length = Math.multiplyExact(columns, columnBytes);
    if (start + length > bytes.length()) {
      throw mismatch("The tensor " + name + " of the base is cut off: fetch it again.", name);
    }
    ByteBuffer part = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.read(start, part);
    return part.flip();
  }

  /** Returns one digest of the graph and of the files that scales were read from. */
  Sha256 digest() throws IOException {
    return files.digest();
  }

  private static QuantizationException mismatch(String message, String subject) {
    return new QuantizationException(Reason.BASE_MISMATCH, message, subject);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
