package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a graph together in the order in which it runs.
 *
 * <pre>{@code
 * GraphBuilder graph = new GraphBuilder("linear", WeightStore.inline());
 * Value x = graph.input("x", FLOAT, dim("rows"), dim(4));
 * Value w = graph.weights("w", weights, 4, 8);
 * Value y = graph.node("MatMul", x, w).output("y");
 * graph.output(y, FLOAT, dim("rows"), dim(8));
 * new ModelBuilder(graph).opset(17).write(path);
 * }</pre>
 *
 * <p>Weights are kept at once where the store keeps them, so that a graph with gigabytes of
 * external data is built with a small heap.
 */
public final class GraphBuilder {
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final WeightStore store;
  private final WeightStore inline = WeightStore.inline();
  private final Map<String, Integer> nodesOfType = new HashMap<>();

  /** Begins a graph. */
  public GraphBuilder(String name, WeightStore store) {
    graph.setName(name);
    this.store = store;
  }

  /** Declares an input. */
  public Value input(String name, ElementType type, Dim... shape) {
    graph.addInput(declaration(name, type, shape));
    return new Value(name);
  }

  /** Declares that a value comes out. */
  public void output(Value value, ElementType type, Dim... shape) {
    graph.addOutput(declaration(value.name(), type, shape));
  }

  /** Keeps a weight in the store. */
  public Value weights(String name, ElementType type, TensorContent content, long... dims)
      throws IOException {
    return add(store.keep(name, type, dims, content));
  }

  /** Keeps an fp32 weight in the store. */
  public Value weights(String name, float[] numbers, long... dims) throws IOException {
    return weights(name, ElementType.FLOAT, TensorContent.of(numbers), dims);
  }

  /** Adds a tensor that was made elsewhere. */
  public Value add(TensorProto tensor) {
    graph.addInitializer(tensor);
    return new Value(tensor.getName());
  }

  /** Adds a list of integers to the graph itself, such as a shape or axes. */
  public Value integers(String name, long... numbers) {
    return constant(name, ElementType.INT64, TensorContent.of(numbers), numbers.length);
  }

  /** Adds an integer without dimensions to the graph itself. */
  public Value integer(String name, long number) {
    return constant(name, ElementType.INT64, TensorContent.of(new long[] {number}));
  }

  /** Adds an fp32 number without dimensions to the graph itself. */
  public Value number(String name, float number) {
    return constant(name, ElementType.FLOAT, TensorContent.of(new float[] {number}));
  }

  /** Adds a small tensor to the graph itself. */
  public Value constant(String name, ElementType type, TensorContent content, long... dims) {
    try {
      return add(inline.keep(name, type, dims, content));
    } catch (IOException e) {
      throw new IllegalArgumentException("The content of the constant '" + name + "' fails.", e);
    }
  }

  /** Begins a node; its domain is ONNX's own unless it is told otherwise. */
  public NodeBuilder node(String operator, Value... inputs) {
    int before = nodesOfType.merge(operator, 1, Integer::sum) - 1;
    return new NodeBuilder(this::add, operator + "_" + before, operator, List.of(inputs));
  }

  /** Begins a node of ONNX Runtime's own operators. */
  public NodeBuilder microsoft(String operator, Value... inputs) {
    return node(operator, inputs).domain("com.microsoft");
  }

  /** Returns the graph as it is now; also for the branch of an If. */
  public GraphProto proto() {
    return graph.build();
  }

  private void add(NodeProto node) {
    graph.addNode(node);
  }

  private static ValueInfoProto declaration(String name, ElementType type, Dim... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Dim dim : dims) {
      shape.addDim(dim.proto());
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.number()).setShape(shape)))
        .build();
  }
}
