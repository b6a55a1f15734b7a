package io.edgellm.inference.facts;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.edgellm.model.Requirements;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Counts what is in a graph: operators by their domain, and numbers by what they are for. Subgraphs
 * are included, since merged decoders keep everything in them.
 *
 * <p>Not counted as parameters are scales and zero points, tables of positions, single numbers and
 * whole numbers that are not weights.
 */
final class GraphCensus {
  private static final int MAX_DEPTH = 32;

  /** Domains whose operators ONNX Runtime brings itself; every other one comes from a library. */
  private static final Set<String> RUNTIME_DOMAINS =
      Set.of(
          "",
          Requirements.ONNX_DOMAIN,
          "ai.onnx.ml",
          "ai.onnx.training",
          "ai.onnx.preview",
          "ai.onnx.preview.training",
          "com.microsoft",
          "com.microsoft.experimental",
          "com.microsoft.nchwc",
          "com.ms.internal.nhwc",
          "org.pytorch.aten");

  /** Inputs of operators that hold no parameters. */
  private static final Map<String, Set<Integer>> NO_PARAMETERS =
      Map.of(
          "MatMulNBits", Set.of(2, 3, 4),
          "GatherBlockQuantized", Set.of(1, 2, 3),
          "DequantizeLinear", Set.of(1, 2),
          "QuantizeLinear", Set.of(1, 2),
          "MatMulInteger", Set.of(2, 3),
          "RotaryEmbedding", Set.of(2, 3),
          "GroupQueryAttention", Set.of(7, 8));

  private final Map<String, Integer> imports = new HashMap<>();
  private final Set<String> ownFunctions = new HashSet<>();
  private final Set<String> domains = new TreeSet<>();
  private final Set<String> excluded = new HashSet<>();
  private final Set<String> scales = new HashSet<>();
  private final Map<String, Long> packed = new HashMap<>();
  private final List<TensorProto> tensors = new ArrayList<>();
  private final Map<WeightBlocks, Integer> blocks = new HashMap<>();

  private GraphCensus() {}

  static GraphCensus of(ModelProto model) throws IOException {
    GraphCensus census = new GraphCensus();
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      census.imports.put(domain(set.getDomain()), (int) set.getVersion());
    }
    for (var function : model.getFunctionsList()) {
      census.ownFunctions.add(function.getDomain());
      census.nodes(function.getNodeList(), 0);
    }
    census.graph(model.getGraph(), 0);
    return census;
  }

  private static String domain(String written) {
    return written.isEmpty() ? Requirements.ONNX_DOMAIN : written;
  }

  private void graph(GraphProto graph, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("subgraphs are nested deeper than " + MAX_DEPTH);
    }
    tensors.addAll(graph.getInitializerList());
    nodes(graph.getNodeList(), depth);
  }

  private void nodes(List<NodeProto> nodes, int depth) throws IOException {
    for (NodeProto node : nodes) {
      domains.add(node.getDomain());
      inputs(node);
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          graph(attribute.getG(), depth + 1);
        }
        for (GraphProto inner : attribute.getGraphsList()) {
          graph(inner, depth + 1);
        }
      }
    }
  }

  private void inputs(NodeProto node) {
    for (int index : NO_PARAMETERS.getOrDefault(node.getOpType(), Set.of())) {
      input(node, index).ifPresent(excluded::add);
    }
    switch (node.getOpType()) {
      case "MatMulNBits" -> {
        long elements = attribute(node, "K") * attribute(node, "N");
        input(node, 1).ifPresent(weight -> packed.put(weight, elements));
        input(node, 2).ifPresent(scales::add);
        int bits = (int) attribute(node, "bits");
        // The operator's own default.
        count(new WeightBlocks(bits == 0 ? 4 : bits, (int) attribute(node, "block_size")));
      }
      case "MatMulInteger", "QLinearMatMul", "DequantizeLinear" -> count(WeightBlocks.BYTES);
      case "GatherBlockQuantized" -> input(node, 2).ifPresent(scales::add);
      default -> {}
    }
  }

  private void count(WeightBlocks found) {
    blocks.merge(found, 1, Integer::sum);
  }

  private static long attribute(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(0);
  }

  private static Optional<String> input(NodeProto node, int index) {
    return index < node.getInputCount() && !node.getInput(index).isEmpty()
        ? Optional.of(node.getInput(index))
        : Optional.empty();
  }

  /** Returns the versions of the operator sets that nodes really use. */
  Map<String, Integer> opsets() {
    Map<String, Integer> used = new TreeMap<>();
    for (String domain : domains) {
      Integer version = imports.get(domain(domain));
      if (version != null && version > 0 && !ownFunctions.contains(domain)) {
        used.put(domain(domain), version);
      }
    }
    return used;
  }

  /** Returns the domains of operators that the runtime does not bring. */
  List<String> customOps() {
    return domains.stream()
        .filter(domain -> !RUNTIME_DOMAINS.contains(domain) && !ownFunctions.contains(domain))
        .toList();
  }

  /** Returns how many nodes there are of each kind of quantized weights. */
  Map<WeightBlocks, Integer> blocks() {
    return blocks;
  }

  /** Returns how many numbers the weights have, each counted as often as it is stored. */
  long parameterCount() {
    long count = 0;
    for (TensorProto tensor : tensors) {
      count += parameters(tensor);
    }
    return count;
  }

  private long parameters(TensorProto tensor) {
    long elements = elements(tensor);
    if (excluded.contains(tensor.getName()) || elements < 2) {
      return 0;
    }
    Long unpacked = packed.get(tensor.getName());
    return unpacked != null ? unpacked : isWeight(type(tensor)) ? elements : 0;
  }

  private static long elements(TensorProto tensor) {
    return tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b);
  }

  private static DataType type(TensorProto tensor) {
    return Optional.ofNullable(DataType.forNumber(tensor.getDataType())).orElse(DataType.UNDEFINED);
  }

  private static boolean isWeight(DataType type) {
    return switch (type) {
      case FLOAT, FLOAT16, BFLOAT16, DOUBLE, INT8, UINT8, INT4, UINT4 -> true;
      default -> false;
    };
  }

  /**
   * Returns what the graph computes in, and after it the types of its quantized weights: {@code
   * float32}, or {@code float32,uint8}.
   */
  String precision() {
    Set<String> types = new TreeSet<>();
    Map<DataType, Long> floats = new HashMap<>();
    for (TensorProto tensor : tensors) {
      switch (type(tensor)) {
        case INT8, INT4 -> types.add("int8");
        case UINT8, UINT4 -> types.add("uint8");
        case FLOAT, FLOAT16, BFLOAT16 -> {
          // Where there are scales, the quantized operators compute in their type.
          if (scales.isEmpty() || scales.contains(tensor.getName())) {
            floats.merge(type(tensor), elements(tensor), Long::sum);
          }
        }
        default -> {}
      }
    }
    List<String> all = new ArrayList<>();
    floats.entrySet().stream()
        .max(Map.Entry.<DataType, Long>comparingByValue().thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey)
        .ifPresent(type -> all.add(name(type)));
    all.addAll(types);
    return String.join(",", all);
  }

  private static String name(DataType type) {
    return switch (type) {
      case FLOAT16 -> "float16";
      case BFLOAT16 -> "bfloat16";
      default -> "float32";
    };
  }
}
