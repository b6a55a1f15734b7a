package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * One node: attributes first, then {@link #output()} or {@link #outputs} puts it into its graph,
 * behind those that are there already.
 */
public final class NodeBuilder {
  private final Consumer<NodeProto> graph;
  private final NodeProto.Builder node;

  NodeBuilder(Consumer<NodeProto> graph, String name, String operator, List<Value> inputs) {
    this.graph = graph;
    this.node = NodeProto.newBuilder().setName(name).setOpType(operator);
    inputs.forEach(input -> node.addInput(input.name()));
  }

  /** Takes the operator from another domain than ONNX's own, such as {@code com.microsoft}. */
  public NodeBuilder domain(String domain) {
    node.setDomain(domain);
    return this;
  }

  /** Names the node; else it is called after its operator and its place. */
  public NodeBuilder named(String name) {
    node.setName(name);
    return this;
  }

  /** Sets an integer; also for truth values. */
  public NodeBuilder with(String attribute, long value) {
    return add(attribute, AttributeType.INT, it -> it.setI(value));
  }

  /** Sets a number. */
  public NodeBuilder with(String attribute, float value) {
    return add(attribute, AttributeType.FLOAT, it -> it.setF(value));
  }

  /** Sets a text. */
  public NodeBuilder with(String attribute, String value) {
    return add(attribute, AttributeType.STRING, it -> it.setS(ByteString.copyFromUtf8(value)));
  }

  /** Sets a type. */
  public NodeBuilder with(String attribute, ElementType type) {
    return with(attribute, (long) type.number());
  }

  /** Sets integers. */
  public NodeBuilder with(String attribute, long[] values) {
    return add(
        attribute, AttributeType.INTS, it -> Arrays.stream(values).forEach(v -> it.addInts(v)));
  }

  /** Sets a tensor. */
  public NodeBuilder with(String attribute, TensorProto tensor) {
    return add(attribute, AttributeType.TENSOR, it -> it.setT(tensor));
  }

  /** Sets a subgraph, such as the branch of an If. */
  public NodeBuilder with(String attribute, GraphProto graphValue) {
    return add(attribute, AttributeType.GRAPH, it -> it.setG(graphValue));
  }

  /** Adds the node with one output that is called after it. */
  public Value output() {
    return outputs(node.getName() + "/out").get(0);
  }

  /** Adds the node with one output. */
  public Value output(String name) {
    return outputs(name).get(0);
  }

  /** Adds the node with several outputs; an empty name leaves an optional one out. */
  public List<Value> outputs(String... names) {
    List<Value> values = new ArrayList<>();
    for (String name : names) {
      node.addOutput(name);
      values.add(new Value(name));
    }
    graph.accept(node.build());
    return List.copyOf(values);
  }

  private NodeBuilder add(
      String name, AttributeType type, Consumer<AttributeProto.Builder> setValue) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name).setType(type);
    setValue.accept(attribute);
    node.addAttribute(attribute);
    return this;
  }
}
