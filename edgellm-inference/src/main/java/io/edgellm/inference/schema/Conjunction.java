package io.edgellm.inference.schema;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Schemas that hold for a value all at once, each as it is or negated: what is known about an item
 * or a property before its values are worked out.
 *
 * <p>A recursive schema has finitely many conjunctions, although it has endlessly many values: each
 * becomes one rule of the grammar.
 */
final class Conjunction {
  /** Holds for every value. */
  static final Conjunction TRUE = new Conjunction(List.of(), true);

  /** Holds for no value. */
  static final Conjunction FALSE = new Conjunction(List.of(), false);

  private final List<Part> parts;
  private final boolean possible;

  /** A schema, or the values that do not fulfil it. */
  record Part(SchemaNode node, boolean negated) {}

  private Conjunction(List<Part> parts, boolean possible) {
    this.parts = parts;
    this.possible = possible;
  }

  static Conjunction of(SchemaNode node) {
    return new Conjunction(List.of(new Part(node, false)), true);
  }

  static Conjunction not(Part part) {
    return new Conjunction(List.of(new Part(part.node, !part.negated)), true);
  }

  Conjunction and(Conjunction other) {
    if (!possible || !other.possible) {
      return FALSE;
    }
    Set<Part> all = new LinkedHashSet<>(parts);
    if (!all.addAll(other.parts)) {
      return this;
    }
    for (Part part : other.parts) {
      if (all.contains(new Part(part.node, !part.negated))) {
        return FALSE;
      }
    }
    return differentConstants(all) ? FALSE : new Conjunction(List.copyOf(all), true);
  }

  /** Constants are one node per value, so that two nodes are two values. */
  private static boolean differentConstants(Set<Part> parts) {
    return parts.stream().filter(part -> !part.negated && part.node.isConstant()).count() > 1;
  }

  /** Returns the parts, of which there are none for {@link #TRUE} and {@link #FALSE}. */
  List<Part> parts() {
    return parts;
  }

  boolean isTrue() {
    return possible && parts.isEmpty();
  }

  boolean isFalse() {
    return !possible;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Conjunction that
        && possible == that.possible
        && parts.equals(that.parts);
  }

  @Override
  public int hashCode() {
    return parts.hashCode() + (possible ? 1 : 0);
  }

  /** Returns the places, for people. */
  @Override
  public String toString() {
    if (parts.isEmpty()) {
      return String.valueOf(possible);
    }
    List<String> places = new ArrayList<>();
    for (Part part : parts) {
      places.add((part.negated ? "not " : "") + part.node.pointer());
    }
    return String.join(" and ", places);
  }
}
