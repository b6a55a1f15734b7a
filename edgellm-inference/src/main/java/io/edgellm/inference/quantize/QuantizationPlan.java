package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import io.edgellm.inference.quantize.QuantizationReport.KeptNode;
import io.edgellm.inference.quantize.QuantizationReport.QuantizedNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Decides which nodes of a graph get which format, before anything is written: those with a
 * two-dimensional fp32 weight, wherever they stand, subgraphs included.
 */
final class QuantizationPlan {
  /** So many codes of two bits fill a byte. */
  private static final int ROW_MULTIPLE = 4;

  private final QuantizationRecipe recipe;
  private final Candidates candidates;
  private final RuleBook rules;
  private final Map<String, PlannedWeight> planned = new LinkedHashMap<>();
  private final Map<String, String> tied = new HashMap<>();
  private final List<Candidate> chosen = new ArrayList<>();
  private final List<KeptNode> kept = new ArrayList<>();
  private final List<Candidate> notFloat = new ArrayList<>();

  /**
   * @param graph the graph
   * @param recipe what to do
   * @param tables says whether a table and a weight of a product are the same numbers
   */
  QuantizationPlan(GraphProto graph, QuantizationRecipe recipe, TiedTables tables)
      throws IOException {
    this.recipe = recipe;
    this.candidates = new Candidates(graph);
    this.rules = new RuleBook(recipe);
    visit(graph);
    rules.refuseUnused();
    refuseNothing(graph);
    tie(tables);
  }

  List<QuantizedNode> quantized() {
    return chosen.stream().map(this::quantized).toList();
  }

  /** Returns every weight that is to be quantized once, however many nodes read it. */
  Collection<PlannedWeight> weights() {
    return planned.values();
  }

  List<KeptNode> kept() {
    return kept;
  }

  /** Returns what becomes of the weight of a node, if it is one to quantize. */
  Optional<PlannedWeight> planned(NodeProto node) {
    return candidate(node).filter(it -> formatOf(it).isPresent()).map(this::planned);
  }

  private Optional<Candidate> candidate(NodeProto node) {
    return candidates
        .of(node)
        .filter(it -> it.use() != WeightUse.TABLE || recipe.embedding() != null);
  }

  private PlannedWeight planned(Candidate candidate) {
    String name = candidate.weight().getName();
    return Objects.requireNonNull(planned.get(tied.getOrDefault(name, name)), name);
  }

  private QuantizedNode quantized(Candidate candidate) {
    PlannedWeight it = planned(candidate);
    TensorProto weight = it.weight();
    return new QuantizedNode(
        candidate.name(), weight.getName(), weight.getDims(0), weight.getDims(1), it.format());
  }

  private void visit(GraphProto graph) {
    for (NodeProto node : graph.getNodeList()) {
      candidate(node).ifPresent(this::plan);
      candidates.turnedWeight(node).ifPresent(weight -> keepTurned(node, weight));
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          visit(attribute.getG());
        }
        attribute.getGraphsList().forEach(this::visit);
      }
    }
  }

  private void keepTurned(NodeProto node, String weight) {
    kept.add(new KeptNode(node.getName(), "the weight is a Transpose of " + weight));
  }

  private void plan(Candidate candidate) {
    Optional<WeightFormat> format = formatOf(candidate);
    if (format.isEmpty()) {
      String reason = obstacle(candidate).orElse("kept in fp32 by the recipe");
      if (!isFloat(candidate.weight())) {
        notFloat.add(candidate);
      }
      kept.add(new KeptNode(candidate.name(), reason));
      return;
    }
    TensorProto weight = candidate.weight();
    PlannedWeight now = new PlannedWeight(weight, candidate.use(), format.get());
    PlannedWeight other = planned.put(weight.getName(), now);
    if (other != null && !other.equals(now)) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE,
          "Two nodes share the weight "
              + weight.getName()
              + " and the recipe gives them different formats.",
          candidate.name());
    }
    chosen.add(candidate);
  }

  private Optional<WeightFormat> formatOf(Candidate candidate) {
    NodeRule rule = rules.ruleFor(candidate).orElse(null);
    if (rule instanceof NodeRule.KeepFloat || obstacle(candidate).isPresent()) {
      return Optional.empty();
    }
    WeightFormat format = rule instanceof NodeRule.UseFormat use ? use.format() : null;
    if (candidate.use() == WeightUse.PRODUCT) {
      return Optional.of(format == null ? recipe.format() : format);
    }
    if (format instanceof DynamicInt8) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE,
          "A table that tokens are looked up in is stored in blocks; give it a BlockFormat.",
          candidate.name());
    }
    return Optional.ofNullable(format == null ? recipe.embedding() : format);
  }

  private static Optional<String> obstacle(Candidate candidate) {
    TensorProto weight = candidate.weight();
    if (!isFloat(weight)) {
      return Optional.of("the weight is " + NothingToQuantize.typeName(weight) + ", not fp32");
    }
    if (weight.getDimsCount() != 2 || weight.getDims(0) < 1 || weight.getDims(1) < 1) {
      return Optional.of("the weight is not a matrix");
    }
    boolean uneven = candidate.use() == WeightUse.TABLE && weight.getDims(1) % ROW_MULTIPLE != 0;
    return uneven ? Optional.of("its rows do not fill whole bytes") : Optional.empty();
  }

  private static boolean isFloat(TensorProto weight) {
    return weight.getDataType() == TensorProto.DataType.FLOAT.getNumber();
  }

  private void refuseNothing(GraphProto graph) {
    if (chosen.isEmpty()) {
      throw NothingToQuantize.because(graph, notFloat);
    }
    boolean table = chosen.stream().anyMatch(it -> it.use() == WeightUse.TABLE);
    if (recipe.embedding() != null && !table) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE,
          "No table that tokens are looked up in can be stored in blocks: leave the embedding out"
              + " of the recipe.",
          "embedding");
    }
  }

  /** Lets a table and a product share their codes where both hold the same numbers. */
  private void tie(TiedTables tables) throws IOException {
    for (PlannedWeight table : List.copyOf(planned.values())) {
      for (PlannedWeight product : List.copyOf(planned.values())) {
        if (tables.areOne(table, product)) {
          planned.remove(table.weight().getName());
          planned.put(
              product.weight().getName(),
              new PlannedWeight(product.weight(), WeightUse.TIED, product.format()));
          tied.put(table.weight().getName(), product.weight().getName());
          break;
        }
      }
    }
  }
}
