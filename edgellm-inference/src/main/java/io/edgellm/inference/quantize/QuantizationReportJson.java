package io.edgellm.inference.quantize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.quantize.QuantizationReport.KeptNode;
import io.edgellm.inference.quantize.QuantizationReport.QuantizedNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a report; what a recipe does not ask for has no field. */
final class QuantizationReportJson {
  private final QuantizationReport report;

  QuantizationReportJson(QuantizationReport report) {
    this.report = report;
  }

  String write() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("tool", report.tool())
        .put("toolVersion", report.toolVersion())
        .put("method", report.method());
    putRecipe(json, report.recipe());
    json.put("sourceSha256", report.sourceSha256().hex()).put("graph", report.graph());
    json.put("sourceBytes", report.sourceBytes()).put("targetBytes", report.targetBytes());
    putBase(json);
    ArrayNode nodes = json.putArray("quantized");
    for (QuantizedNode node : report.quantized()) {
      ObjectNode entry = nodes.addObject().put("node", node.node()).put("weight", node.weight());
      putFormat(entry.put("rows", node.rows()).put("columns", node.columns()), node.format());
    }
    ArrayNode left = json.putArray("kept");
    for (KeptNode node : report.kept()) {
      left.addObject().put("node", node.node()).put("reason", node.reason());
    }
    if (!report.leftOut().isEmpty()) {
      report.leftOut().forEach(json.putArray("leftOut")::add);
    }
    return json.toPrettyString().replace("\r\n", "\n") + "\n";
  }

  /** Returns the fields that say how a recipe quantizes, wherever its base lies. */
  static ObjectNode recipe(QuantizationRecipe recipe) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("tool", QuantizationReport.TOOL).put("method", QuantizationReport.method(recipe));
    putRecipe(json, recipe);
    return json;
  }

  /** Returns the settings for which a release manifest has no field, by their names here. */
  Map<String, String> knobs() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    putRecipe(json, report.recipe());
    putBase(json);
    json.remove(List.of("bits", "blockSize", "symmetric"));
    Map<String, String> knobs = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      JsonNode value = field.getValue();
      if (value.isValueNode() || !value.isEmpty()) {
        knobs.put(field.getKey(), value.isValueNode() ? value.asText() : value.toString());
      }
    }
    return knobs;
  }

  private void putBase(ObjectNode json) {
    QuantizationReport.Base base = report.base();
    if (base != null) {
      json.putObject("base")
          .put("sha256", base.sha256().hex())
          .put("keptBlocks", base.keptBlocks())
          .put("renewedBlocks", base.renewedBlocks());
    }
  }

  private static void putRecipe(ObjectNode json, QuantizationRecipe recipe) {
    putFormat(json, recipe.format()).put("accuracyLevel", recipe.accuracyLevel());
    BlockFormat embedding = recipe.embedding();
    if (embedding != null) {
      putFormat(json.putObject("embedding"), embedding);
    }
    if (recipe.shards()) {
      json.put("shards", true);
    }
    ArrayNode rules = json.putArray("rules");
    for (NodeRule rule : recipe.rules()) {
      putRule(rules.addObject(), rule);
    }
  }

  private static void putRule(ObjectNode json, NodeRule rule) {
    putNodes(json, rule.nodes());
    if (rule instanceof NodeRule.UseFormat use) {
      putFormat(json, use.format());
    } else {
      json.put("keep", "fp32");
    }
  }

  private static void putNodes(ObjectNode json, NodeSelector nodes) {
    if (nodes instanceof NodeSelector.Named named) {
      json.put("nodes", named.pattern());
    } else if (nodes instanceof NodeSelector.Layers layers) {
      json.put("firstLayer", layers.first()).put("lastLayer", layers.last());
    } else {
      json.put("lastMatMul", true);
    }
  }

  private static ObjectNode putFormat(ObjectNode json, WeightFormat format) {
    if (format instanceof BlockFormat blocks) {
      return json.put("bits", blocks.bits())
          .put("blockSize", blocks.blockSize())
          .put("symmetric", blocks.symmetric());
    }
    DynamicInt8 int8 = (DynamicInt8) format;
    return json.put("format", "dynamic-int8")
        .put("perChannel", int8.perChannel())
        .put("reduceRange", int8.reduceRange());
  }
}
