package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxJavaType;
import java.util.List;

/**
 * What a graph says of one of its inputs or outputs.
 *
 * @param type what its elements are; UNKNOWN if it is no tensor
 * @param shape its dimensions; -1 where one is open
 */
public record DeclaredTensor(OnnxJavaType type, List<Long> shape) {

  /** Copies the shape. */
  public DeclaredTensor {
    shape = List.copyOf(shape);
  }

  /** Returns the number of dimensions. */
  public int rank() {
    return shape.size();
  }

  /** Returns a dimension; -1 if it is open. */
  public long dimension(int axis) {
    return shape.get(axis);
  }

  /** Returns whether a dimension may be of this size. */
  public boolean admits(int axis, long size) {
    return dimension(axis) <= 0 || dimension(axis) == size;
  }

  /** Returns whether a dimension is known only when the graph runs. */
  public boolean isOpen(int axis) {
    return dimension(axis) <= 0;
  }

  @Override
  public String toString() {
    return type + " " + shape;
  }
}
