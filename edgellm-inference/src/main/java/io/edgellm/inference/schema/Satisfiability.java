package io.edgellm.inference.schema;

import io.edgellm.llm.InferenceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of the schemas that can be met on the way through a schema have any value: the least fixed
 * point, since a value is finite. A tree whose every node needs a child has none.
 */
final class Satisfiability {
  /** Each is a rule of the grammar. */
  private static final int MOST_SCHEMAS = 20_000;

  private final Map<Conjunction, ValueSet> values = new LinkedHashMap<>();
  private final Map<Conjunction, List<Conjunction>> users = new HashMap<>();
  private final Set<Conjunction> satisfiable = new HashSet<>();

  /**
   * Works out the values of a schema and of all that its items and members refer to.
   *
   * @throws InferenceException INVALID_CONSTRAINT if one of them cannot be enforced, or there are
   *     too many
   */
  Satisfiability(Conjunction root, SchemaValues schemas) {
    explore(root, schemas);
    propagate();
  }

  /** Returns whether any value fulfils the schemas. */
  boolean isSatisfiable(Conjunction schemas) {
    return schemas.isTrue() || satisfiable.contains(schemas);
  }

  private void explore(Conjunction root, SchemaValues schemas) {
    Deque<Conjunction> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      Conjunction next = open.remove();
      if (values.containsKey(next)) {
        continue;
      }
      ValueSet of = schemas.of(next);
      values.put(next, of);
      if (values.size() > MOST_SCHEMAS) {
        throw Refusal.tooLarge(
            root.toString(), "it has more than " + MOST_SCHEMAS + " different parts; split it.");
      }
      for (Conjunction inner : inner(of)) {
        users.computeIfAbsent(inner, key -> new ArrayList<>()).add(next);
        open.add(inner);
      }
    }
  }

  private static Set<Conjunction> inner(ValueSet values) {
    Set<Conjunction> inner = new LinkedHashSet<>();
    for (ArrayShape shape : values.arrays()) {
      inner.addAll(shape.prefix());
      inner.add(shape.rest());
    }
    for (ObjectShape shape : values.objects()) {
      inner.addAll(shape.properties().values());
      shape.others().forEach(names -> inner.add(names.values()));
    }
    inner.removeIf(schemas -> schemas.isTrue() || schemas.isFalse());
    return inner;
  }

  private void propagate() {
    Deque<Conjunction> open = new ArrayDeque<>(values.keySet());
    while (!open.isEmpty()) {
      Conjunction next = open.remove();
      ValueSet of = values.getOrDefault(next, ValueSet.NONE);
      if (!satisfiable.contains(next) && hasValue(of)) {
        satisfiable.add(next);
        open.addAll(users.getOrDefault(next, List.of()));
      }
    }
  }

  private boolean hasValue(ValueSet values) {
    return !values.isEmptyBesideShapes()
        || values.arrays().stream().anyMatch(this::isPossible)
        || values.objects().stream().anyMatch(this::isPossible);
  }

  /** Returns whether there is an array of this shape. */
  boolean isPossible(ArrayShape shape) {
    return shape.min() <= mostItems(shape);
  }

  /** Returns how many items an array of this shape can have, as far as the items are concerned. */
  int mostItems(ArrayShape shape) {
    for (int i = 0; i < shape.prefix().size() && i < shape.max(); i++) {
      if (!isSatisfiable(shape.item(i))) {
        return i;
      }
    }
    return isSatisfiable(shape.rest()) ? shape.max() : Math.min(shape.max(), shape.prefix().size());
  }

  /** Returns whether there is an object of this shape. */
  boolean isPossible(ObjectShape shape) {
    boolean open = shape.others().stream().anyMatch(names -> isSatisfiable(names.values()));
    long own = shape.properties().values().stream().filter(this::isSatisfiable).count();
    return (open || own >= shape.min())
        && shape.required().stream().allMatch(name -> isSatisfiable(shape.member(name)));
  }
}
