package io.edgellm.inference.quantize;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.util.List;

/**
 * What a quantization did: the provenance of its result. The same tool version, source digest and
 * recipe give the same bytes.
 *
 * @param tool the program: {@link #TOOL}
 * @param toolVersion the version of the algorithm and the file format: {@link #TOOL_VERSION}
 * @param method {@link #METHOD}
 * @param sourceSha256 SHA-256 of the text that has one line {@code <sha256 of the file> <two
 *     spaces> <path>\n} for every source file that the result was made of, sorted by path; {@code
 *     sha256sum} over the files in that order gives the text
 * @param graph path of the graph within both directories
 * @param recipe what was asked for
 * @param quantized the nodes whose weights are in blocks now, in graph order
 * @param kept the nodes with constant weights that were left as they are, with the reason
 * @param sourceBytes size of the graph and its weights before
 * @param targetBytes size of the graph and its weights now
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
    long sourceBytes,
    long targetBytes) {
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
  }

  /**
   * A node whose weight is stored in blocks now.
   *
   * @param node its name before
   * @param weight the name of its fp32 weight before
   * @param rows K of the weight
   * @param columns N of the weight
   * @param format how the weight is stored
   */
  public record QuantizedNode(
      String node, String weight, long rows, long columns, BlockFormat format) {}

  /**
   * A node that was left as it is.
   *
   * @param node its name
   * @param reason why
   */
  public record KeptNode(String node, String reason) {}

  /**
   * Returns what a release manifest says of the quantization. Formats of single nodes and the
   * accuracy level are in {@link #FILE_NAME} only.
   */
  public ReleaseManifest.Quantization manifestEntry() {
    BlockFormat format = recipe.format();
    return new ReleaseManifest.Quantization(
        method,
        format.bits(),
        format.blockSize(),
        format.symmetric(),
        kept.stream().map(KeptNode::node).toList(),
        tool,
        toolVersion,
        sourceSha256);
  }

  /** Returns the report as JSON with a fixed order of fields, as it lies in {@link #FILE_NAME}. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("tool", tool).put("toolVersion", toolVersion).put("method", method);
    putFormat(json, recipe.format()).put("accuracyLevel", recipe.accuracyLevel());
    ArrayNode rules = json.putArray("rules");
    for (NodeRule rule : recipe.rules()) {
      putRule(rules.addObject(), rule);
    }
    json.put("sourceSha256", sourceSha256.hex()).put("graph", graph);
    json.put("sourceBytes", sourceBytes).put("targetBytes", targetBytes);
    ArrayNode nodes = json.putArray("quantized");
    for (QuantizedNode node : quantized) {
      ObjectNode entry = nodes.addObject().put("node", node.node()).put("weight", node.weight());
      putFormat(entry.put("rows", node.rows()).put("columns", node.columns()), node.format());
    }
    ArrayNode left = json.putArray("kept");
    for (KeptNode node : kept) {
      left.addObject().put("node", node.node()).put("reason", node.reason());
    }
    return json.toPrettyString().replace("\r\n", "\n") + "\n";
  }

  private static void putRule(ObjectNode json, NodeRule rule) {
    json.put("nodes", rule.nodes());
    if (rule instanceof NodeRule.UseFormat use) {
      putFormat(json, use.format());
    } else {
      json.put("keep", "fp32");
    }
  }

  private static ObjectNode putFormat(ObjectNode json, BlockFormat format) {
    return json.put("bits", format.bits())
        .put("blockSize", format.blockSize())
        .put("symmetric", format.symmetric());
  }
}
