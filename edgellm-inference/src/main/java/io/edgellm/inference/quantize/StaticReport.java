package io.edgellm.inference.quantize;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.quantize.QuantizationReport.KeptNode;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a {@link StaticQuantizer} did: the provenance of its result. The same tool version, source
 * digest, recipe and ranges give the same bytes.
 *
 * @param sourceSha256 as {@link QuantizationReport#sourceSha256}
 * @param graph path of the graph within both directories
 * @param recipe what was asked for
 * @param rangeMethod how the ranges were found
 * @param calibrationSha256 digest of the calibration data
 * @param rangesSha256 digest of the ranges themselves, as JSON
 * @param quantized the nodes whose inputs and outputs are rounded, in graph order
 * @param kept the nodes of the wanted types that stay in fp32, with the reason
 * @param others how many nodes of other types compute with floating point numbers, by type
 * @param leftOut as {@link QuantizationReport#leftOut}
 * @param sourceBytes size of the graph and its weights before
 * @param targetBytes size of the graph and its weights now
 */
public record StaticReport(
    Sha256 sourceSha256,
    String graph,
    StaticRecipe recipe,
    String rangeMethod,
    Sha256 calibrationSha256,
    Sha256 rangesSha256,
    List<RoundedNode> quantized,
    List<KeptNode> kept,
    SortedMap<String, Integer> others,
    List<String> leftOut,
    long sourceBytes,
    long targetBytes) {
  /** The method that manifests name. */
  public static final String METHOD = "qdq-static";

  /** Takes copies of the lists. */
  public StaticReport {
    quantized = List.copyOf(quantized);
    kept = List.copyOf(kept);
    leftOut = List.copyOf(leftOut);
    others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
  }

  /**
   * A node whose inputs and outputs are rounded.
   *
   * @param node its name
   * @param operator its type
   */
  public record RoundedNode(String node, String operator) {}

  /**
   * Returns what a release manifest says of the quantization; the excluded nodes are those of
   * wanted types that stayed in fp32.
   */
  public ReleaseManifest.Quantization manifestEntry() {
    return new ReleaseManifest.Quantization(
        METHOD,
        Byte.SIZE,
        0,
        true,
        kept.stream().map(KeptNode::node).toList(),
        QuantizationReport.TOOL,
        QuantizationReport.TOOL_VERSION,
        sourceSha256,
        knobs(),
        calibrationSha256);
  }

  private Map<String, String> knobs() {
    Map<String, String> knobs = new TreeMap<>();
    knobs.put("activations", recipe.activations().name().toLowerCase(Locale.ROOT));
    knobs.put("operators", String.join(",", recipe.operators()));
    knobs.put("perChannel", Boolean.toString(recipe.perChannel()));
    knobs.put("rangeMethod", rangeMethod);
    knobs.put("rangesSha256", rangesSha256.hex());
    return knobs;
  }

  /** Returns the report as JSON with a fixed order of fields, as it lies in the directory. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("tool", QuantizationReport.TOOL)
        .put("toolVersion", QuantizationReport.TOOL_VERSION)
        .put("method", METHOD);
    knobs().forEach(json::put);
    recipe.keep().forEach(json.putArray("keep")::add);
    json.put("calibrationSha256", calibrationSha256.hex());
    json.put("sourceSha256", sourceSha256.hex()).put("graph", graph);
    json.put("sourceBytes", sourceBytes).put("targetBytes", targetBytes);
    ArrayNode nodes = json.putArray("quantized");
    for (RoundedNode node : quantized) {
      nodes.addObject().put("node", node.node()).put("operator", node.operator());
    }
    ArrayNode left = json.putArray("kept");
    for (KeptNode node : kept) {
      left.addObject().put("node", node.node()).put("reason", node.reason());
    }
    ObjectNode floats = json.putObject("others");
    others.forEach(floats::put);
    if (!leftOut.isEmpty()) {
      leftOut.forEach(json.putArray("leftOut")::add);
    }
    return json.toPrettyString().replace("\r\n", "\n") + "\n";
  }
}
