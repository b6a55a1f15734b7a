package io.edgellm.inference.quantize;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a quantization did: the provenance of its result. The same tool version, source digest and
 * recipe give the same bytes.
 *
 * @param tool the program: {@link #TOOL}
 * @param toolVersion the version of the algorithm and the file format: {@link #TOOL_VERSION}
 * @param method {@link #METHOD}, or that of another format or way to find scales
 * @param sourceSha256 SHA-256 of the text that has one line {@code <sha256 of the file> <two
 *     spaces> <path>\n} for every source file that the result was made of, sorted by path; {@code
 *     sha256sum} over the files in that order gives the text
 * @param graph path of the graph within both directories
 * @param recipe what was asked for
 * @param quantized the nodes whose weights are quantized now, in graph order
 * @param kept the nodes with constant weights that were left as they are, with the reason
 * @param leftOut files and hidden directories of the source that the result does not have: papers
 *     of a release, other graphs, weights in other formats, keys
 * @param sourceBytes size of the graph and its weights before
 * @param targetBytes size of the graph and its weights now
 * @param base what became of the scales of the recipe's base, or null if it names none
 */
public record QuantizationReport(
    String tool,
    String toolVersion,
    String method,
    Sha256 sourceSha256,
    String graph,
    QuantizationRecipe recipe,
    List<QuantizedNode> quantized,
    List<KeptNode> kept,
    List<String> leftOut,
    long sourceBytes,
    long targetBytes,
    @Nullable Base base) {
  /** Name of this tool. */
  public static final String TOOL = "edgellm-quantizer";

  /** Changes when the same source and recipe would give other bytes. */
  public static final String TOOL_VERSION = "1";

  /** Round to nearest, without calibration data, for the operator MatMulNBits. */
  public static final String METHOD = "matmul-nbits-rtn";

  /** The file of a quantized model directory that holds its report. */
  public static final String FILE_NAME = "quantization.json";

  /** Takes copies of the lists. */
  public QuantizationReport {
    quantized = List.copyOf(quantized);
    kept = List.copyOf(kept);
    leftOut = List.copyOf(leftOut);
  }

  /**
   * A node whose weight is quantized now.
   *
   * @param node its name before
   * @param weight the name of its fp32 weight before
   * @param rows K of the weight
   * @param columns N of the weight
   * @param format how the weight is stored
   */
  public record QuantizedNode(
      String node, String weight, long rows, long columns, WeightFormat format) {}

  /**
   * A node that was left as it is.
   *
   * @param node its name
   * @param reason why
   */
  public record KeptNode(String node, String reason) {}

  /**
   * The model that scales were taken from.
   *
   * @param sha256 as {@code sourceSha256}, of its graph and the files with its scales
   * @param keptBlocks how many blocks have its scale
   * @param renewedBlocks how many have one of their own, since its scale did not fit
   */
  public record Base(Sha256 sha256, long keptBlocks, long renewedBlocks) {}

  /**
   * Returns what a release manifest says of the quantization. What the manifest has no field for
   * are knobs, under their names in {@link #FILE_NAME}.
   */
  public ReleaseManifest.Quantization manifestEntry() {
    List<String> nodes = kept.stream().map(KeptNode::node).toList();
    if (recipe.format() instanceof DynamicInt8 int8) {
      return new ReleaseManifest.Quantization(
          method, Byte.SIZE, 0, true, nodes, tool, toolVersion, sourceSha256, int8.knobs(), null);
    }
    BlockFormat blocks = (BlockFormat) recipe.format();
    return new ReleaseManifest.Quantization(
        method,
        blocks.bits(),
        blocks.blockSize(),
        blocks.symmetric(),
        nodes,
        tool,
        toolVersion,
        sourceSha256,
        new QuantizationReportJson(this).knobs(),
        null);
  }

  /** Returns the report as JSON with a fixed order of fields, as it lies in {@link #FILE_NAME}. */
  public String toJson() {
    return new QuantizationReportJson(this).write();
  }

  /** Returns the name of what a recipe does where no rule says otherwise. */
  static String method(QuantizationRecipe recipe) {
    if (recipe.format() instanceof DynamicInt8) {
      return "matmul-integer-dynamic";
    }
    return switch (recipe.method()) {
      case ROUND_TO_NEAREST -> METHOD;
      case HQQ -> "matmul-nbits-hqq";
    };
  }
}
