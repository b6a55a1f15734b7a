package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.calibration.ActivationRange;
import io.edgellm.inference.calibration.ActivationRanges;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import io.edgellm.inference.quantize.QuantizationReport.KeptNode;
import io.edgellm.inference.quantize.StaticReport.RoundedNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Decides which tensors of a graph are rounded, and with whose scale, node by node in the order of
 * the graph. Which tensors a type of node marks is as in {@code onnxruntime.quantization} ({@code
 * QDQQuantizer}).
 */
final class QdqMarks {
  /** What only moves numbers has the scale of its input on both sides. */
  private static final Set<String> MOVES =
      Set.of("Flatten", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze");

  /**
   * What adds a number beyond those of 16-bit floating point hides something, and no code is left
   * for the rest.
   */
  private static final float MASK = 65504;

  private final StaticRecipe recipe;
  private final Map<String, TensorProto> constants = new HashMap<>();
  private final Map<String, ActivationRange> ranges = new HashMap<>();
  private final Map<String, Mark> marks = new LinkedHashMap<>();
  private final Map<String, Bias> biases = new LinkedHashMap<>();
  private final List<NodeProto> quantized = new ArrayList<>();
  private final List<KeptNode> kept = new ArrayList<>();
  private final SortedMap<String, Integer> others = new TreeMap<>();
  private final Set<String> angles = new HashSet<>();
  private final Set<String> unused;

  /** How a tensor is rounded. */
  sealed interface Mark {}

  /** With its own scale, from its range; of a constant, from its numbers. */
  record Own() implements Mark {}

  /** As a weight: around zero, along an axis or (-1) as a whole. */
  record Weight(int axis) implements Mark {}

  /** With the scale of another tensor. */
  record As(String tensor) implements Mark {}

  /** A constant that is added to a product: in steps of both its scales. */
  record Bias(String input, String weight) {}

  QdqMarks(GraphProto graph, StaticRecipe recipe, ActivationRanges observed) {
    this.recipe = recipe;
    this.unused = new LinkedHashSet<>(recipe.keep());
    this.ranges.putAll(observed.ranges());
    for (TensorProto tensor : graph.getInitializerList()) {
      constants.put(tensor.getName(), tensor);
    }
    findAngles(graph.getNodeList());
    for (NodeProto node : graph.getNodeList()) {
      visit(node);
    }
    biases.keySet().removeIf(bias -> !isSum(bias));
    adjustRanges();
    refuseUnused();
    if (quantized.isEmpty()) {
      throw new QuantizationException(
          Reason.NOTHING_TO_QUANTIZE,
          "No node of the types "
              + recipe.operators()
              + " has a range: calibrate this very graph, and quantize an fp32 export.",
          null);
    }
  }

  /** Returns all marked tensors in the order in which they were marked. */
  Map<String, Mark> marks() {
    return marks;
  }

  Map<String, Bias> biases() {
    return biases;
  }

  List<RoundedNode> quantized() {
    return quantized.stream().map(node -> new RoundedNode(name(node), node.getOpType())).toList();
  }

  List<KeptNode> kept() {
    return kept;
  }

  /** Returns how many nodes of types that are not rounded compute with numbers. */
  SortedMap<String, Integer> others() {
    return others;
  }

  /** Returns a constant of the graph. */
  Optional<TensorProto> constant(String name) {
    return Optional.ofNullable(constants.get(name));
  }

  /** Returns the codes of an activation that is marked as its own. */
  LinearCode code(String activation) {
    ActivationRange range = ranges.get(activation);
    if (range == null) {
      throw new IllegalStateException(activation);
    }
    return LinearCode.asymmetric(range.lowest(), range.highest(), recipe.activations().type());
  }

  /**
   * What sines and cosines are taken of grows with the position: a later one than those that were
   * seen would be cut off to the last of them.
   */
  private void findAngles(List<NodeProto> nodes) {
    for (int i = nodes.size() - 1; i >= 0; i--) {
      NodeProto node = nodes.get(i);
      boolean turns = node.getOpType().equals("Sin") || node.getOpType().equals("Cos");
      if (turns || node.getOutputList().stream().anyMatch(angles::contains)) {
        angles.addAll(node.getInputList());
      }
    }
  }

  private void visit(NodeProto node) {
    if (!computesNumbers(node)) {
      return;
    }
    boolean standard = node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
    boolean named = isNamed(node);
    if (!standard || !recipe.operators().contains(node.getOpType())) {
      others.merge(node.getOpType(), 1, Integer::sum);
      return;
    }
    if (movesWhatIsNotRounded(node)) {
      others.merge(node.getOpType(), 1, Integer::sum);
      return;
    }
    Optional<String> obstacle = named ? Optional.of("kept in fp32 by the recipe") : obstacle(node);
    if (obstacle.isEmpty()) {
      mark(node);
      quantized.add(node);
    } else {
      kept.add(new KeptNode(name(node), obstacle.get()));
    }
  }

  private boolean isNamed(NodeProto node) {
    boolean named = false;
    for (String pattern : recipe.keep()) {
      if (matches(pattern, name(node))) {
        unused.remove(pattern);
        named = true;
      }
    }
    return named;
  }

  private boolean movesWhatIsNotRounded(NodeProto node) {
    boolean moves = MOVES.contains(node.getOpType()) || node.getOpType().equals("Gather");
    return moves && !isMarked(node.getInput(0)) && !isTable(node);
  }

  private Optional<String> obstacle(NodeProto node) {
    if (angles.contains(node.getOutput(0))) {
      return Optional.of("it computes angles of positions");
    }
    List<String> both = new ArrayList<>(node.getInputList());
    both.addAll(node.getOutputList());
    for (String tensor : both) {
      ActivationRange range = ranges.get(tensor);
      if (range != null && !isUsable(range)) {
        return Optional.of("'" + tensor + "' goes from " + range.lowest() + ", as a mask does");
      }
    }
    return needed(node).stream()
        .filter(tensor -> !isRoundable(tensor))
        .findFirst()
        .map(tensor -> "there is no range of '" + tensor + "'");
  }

  /** What a node cannot be rounded without; the factors of a product are the point of it. */
  private List<String> needed(NodeProto node) {
    List<String> needed = new ArrayList<>(List.of(node.getOutput(0)));
    if (isProduct(node)) {
      node.getInputList().stream()
          .limit(2)
          .filter(factor -> !constants.containsKey(factor))
          .forEach(needed::add);
    }
    return needed;
  }

  private static boolean isProduct(NodeProto node) {
    return node.getOpType().equals("MatMul") || node.getOpType().equals("Gemm");
  }

  private void mark(NodeProto node) {
    switch (node.getOpType()) {
      case "MatMul" -> markProduct(node);
      case "Gemm" -> markGemm(node);
      case "Gather" -> {
        markOwn(node.getInput(0));
        markAs(node.getOutput(0), node.getInput(0));
      }
      case "Split" -> {
        markOwn(node.getInput(0));
        node.getOutputList().forEach(output -> markAs(output, node.getInput(0)));
      }
      default -> {
        if (MOVES.contains(node.getOpType())) {
          markAs(node.getOutput(0), node.getInput(0));
        } else {
          node.getInputList().forEach(this::markOwn);
          node.getOutputList().forEach(this::markOwn);
        }
      }
    }
  }

  private void markProduct(NodeProto node) {
    for (String input : node.getInputList()) {
      if (constants.containsKey(input)) {
        markWeight(input, 1);
      } else {
        markOwn(input);
      }
    }
    markOwn(node.getOutput(0));
  }

  private void markGemm(NodeProto node) {
    markOwn(node.getInput(0));
    markOwn(node.getOutput(0));
    boolean transposed = attribute(node, "transB").map(AttributeProto::getI).orElse(0L) != 0;
    int outputs = transposed ? 0 : 1;
    markWeight(node.getInput(1), outputs);
    if (node.getInputCount() > 2 && isMarked(node.getInput(0)) && !isScaled(node)) {
      markSum(node, outputs);
    }
  }

  private void markSum(NodeProto gemm, int outputs) {
    TensorProto weight = constants.get(gemm.getInput(1));
    TensorProto bias = constants.get(gemm.getInput(2));
    if (weight == null || bias == null || weight.getDimsCount() != 2) {
      return;
    }
    boolean one = bias.getDimsList().equals(List.of(weight.getDims(outputs)));
    if (one && isRoundable(bias.getName())) {
      biases.putIfAbsent(bias.getName(), new Bias(gemm.getInput(0), weight.getName()));
    }
  }

  /** What is multiplied by something before it is added has other steps. */
  private static boolean isScaled(NodeProto gemm) {
    return attribute(gemm, "beta").map(AttributeProto::getF).orElse(1f) != 1;
  }

  /**
   * Numbers that are also rounded on their own, or whose product has no scales, stay as they are.
   */
  private boolean isSum(String name) {
    Bias bias = biases.get(name);
    TensorProto numbers = constants.get(name);
    if (bias == null || numbers == null || marks.containsKey(name)) {
      return false;
    }
    TensorProto weight = constants.get(bias.weight());
    boolean fits =
        weight != null
            && marks.get(bias.weight()) instanceof Weight mark
            && (mark.axis() < 0 || weight.getDims(mark.axis()) == numbers.getDims(0));
    return fits && !constants.containsKey(root(bias.input()));
  }

  private void markOwn(String tensor) {
    if (isRoundable(tensor)) {
      marks.putIfAbsent(tensor, new Own());
    }
  }

  private void markWeight(String tensor, int axis) {
    TensorProto weight = constants.get(tensor);
    if (weight == null) {
      markOwn(tensor);
    } else if (isRoundable(tensor)) {
      if (recipe.perChannel() && weight.getDimsCount() == 2) {
        marks.put(tensor, new Weight(axis));
      } else {
        marks.putIfAbsent(tensor, new Weight(-1));
      }
    }
  }

  private void markAs(String tensor, String other) {
    if (isRoundable(tensor)) {
      marks.put(tensor, new As(other));
    }
  }

  private boolean isMarked(String tensor) {
    return marks.containsKey(tensor);
  }

  private boolean isTable(NodeProto node) {
    return node.getOpType().equals("Gather") && constants.containsKey(node.getInput(0));
  }

  private boolean isRoundable(String tensor) {
    TensorProto constant = constants.get(tensor);
    if (constant != null) {
      return constant.getDataType() == TensorProto.DataType.FLOAT.getNumber();
    }
    ActivationRange range = ranges.get(tensor);
    return range != null && isUsable(range);
  }

  private static boolean isUsable(ActivationRange range) {
    return range.lowest() >= -MASK && range.highest() <= MASK;
  }

  /** Nodes that only count, compare or make shapes are of no interest to a reader of the report. */
  private boolean computesNumbers(NodeProto node) {
    return !node.getOpType().equals("Constant")
        && (node.getOutputList().stream().anyMatch(ranges::containsKey) || takesNumbers(node));
  }

  /** What is wanted and takes numbers gives numbers, even if nothing was seen of them. */
  private boolean takesNumbers(NodeProto node) {
    return recipe.operators().contains(node.getOpType())
        && (isProduct(node) || node.getInputList().stream().anyMatch(ranges::containsKey));
  }

  /** What is known beforehand, and what has to be joined without being rounded once more. */
  private void adjustRanges() {
    Map<String, String> groups = new HashMap<>();
    for (NodeProto node : quantized) {
      if (node.getOpType().equals("Softmax")) {
        ranges.put(node.getOutput(0), new ActivationRange(0, 1));
      } else if (node.getOpType().equals("Concat")) {
        String joined = group(groups, root(node.getOutput(0)));
        for (String input : node.getInputList()) {
          String part = group(groups, root(input));
          if (ranges.containsKey(part) && !part.equals(joined)) {
            groups.put(part, joined);
          }
        }
      }
    }
    for (String tensor : groups.keySet()) {
      ranges.merge(group(groups, tensor), range(tensor), ActivationRange::and);
    }
    for (String tensor : groups.keySet()) {
      ranges.put(tensor, range(group(groups, tensor)));
    }
  }

  private static String group(Map<String, String> groups, String tensor) {
    String group = tensor;
    for (String next = groups.get(group); next != null; next = groups.get(group)) {
      group = next;
    }
    return group;
  }

  private ActivationRange range(String tensor) {
    return Objects.requireNonNull(ranges.get(tensor), tensor);
  }

  /** Returns the tensor whose scale a tensor has. */
  String root(String tensor) {
    String root = tensor;
    while (marks.get(root) instanceof As as) {
      root = as.tensor();
    }
    return root;
  }

  private void refuseUnused() {
    for (String pattern : unused) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE, "No node is called " + pattern + "; check the name.", pattern);
    }
  }

  private static Optional<AttributeProto> attribute(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .findFirst();
  }

  private static boolean matches(String pattern, String name) {
    StringBuilder regex = new StringBuilder();
    for (String part : pattern.split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(name).matches();
  }

  private static String name(NodeProto node) {
    return !node.getName().isEmpty() || node.getOutputCount() == 0
        ? node.getName()
        : node.getOutput(0);
  }
}
