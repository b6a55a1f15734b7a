package io.edgellm.inference.onnx;

/**
 * A tensor that flows through a graph: an input, a weight, or what a node gives.
 *
 * @param name its name, unique in the graph; empty for an optional input that is left out
 */
public record Value(String name) {
  /** Stands in the place of an optional input that a node does not get. */
  public static final Value ABSENT = new Value("");
}
