package io.edgellm.inference.quantize;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values that were added to a graph so far, so that nodes which need the same one share it. A
 * subgraph sees those of the graphs around it.
 */
final class GraphScope {
  private final @Nullable GraphScope outer;
  private final Set<String> added = new HashSet<>();

  private GraphScope(@Nullable GraphScope outer) {
    this.outer = outer;
  }

  static GraphScope ofModel() {
    return new GraphScope(null);
  }

  GraphScope ofSubgraph() {
    return new GraphScope(this);
  }

  /** Returns true, once, if the value is not there yet and the caller has to add its node. */
  boolean add(String value) {
    return !has(value) && added.add(value);
  }

  private boolean has(String value) {
    return added.contains(value) || (outer != null && outer.has(value));
  }
}
