package io.edgellm.inference.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads {@code oneOf}: values that exactly one of several schemas allows.
 *
 * <p>For simple values that is what all of them together allow without what two of them allow. For
 * arrays and objects it is enough that no two schemas allow the same one, as where a property says
 * which kind of object it is; otherwise what the others allow has to be taken away from each.
 */
final class ExclusiveChoice {
  /** How deep properties of properties are looked at for a difference. */
  private static final int DEEPEST = 4;

  /** Each is compared with each. */
  private static final int MOST_COMPARED = 300;

  private final SchemaValues values;
  private final SchemaNode node;

  ExclusiveChoice(SchemaValues values, SchemaNode node) {
    this.values = values;
    this.node = node;
  }

  ValueSet read(List<Conjunction> children) {
    List<ValueSet> alternatives = new ArrayList<>();
    children.forEach(child -> alternatives.add(values.work(child)));
    ValueSet shapes = shapes(alternatives);
    return new ValueSet(
        alternatives.stream().filter(ValueSet::nulls).count() == 1,
        booleans(alternatives),
        numbers(alternatives),
        strings(alternatives),
        shapes.arrays(),
        shapes.objects());
  }

  private static Set<Boolean> booleans(List<ValueSet> alternatives) {
    return new TreeSet<>(List.of(false, true))
        .stream()
            .filter(
                value ->
                    alternatives.stream().filter(a -> a.booleans().contains(value)).count() == 1)
            .collect(Collectors.toUnmodifiableSet());
  }

  private static NumberSet numbers(List<ValueSet> alternatives) {
    NumberSet once = NumberSet.NONE;
    NumberSet before = NumberSet.NONE;
    for (ValueSet alternative : alternatives) {
      NumberSet numbers = alternative.numbers();
      once = once.minus(numbers).union(numbers.minus(before));
      before = before.union(numbers);
    }
    return once;
  }

  private static StringSet strings(List<ValueSet> alternatives) {
    StringSet once = StringSet.NONE;
    StringSet before = StringSet.NONE;
    for (ValueSet alternative : alternatives) {
      StringSet strings = alternative.strings();
      once = once.minus(strings).union(strings.minus(before));
      before = before.union(strings);
    }
    return once;
  }

  private ValueSet shapes(List<ValueSet> alternatives) {
    if (alternatives.stream().filter(ExclusiveChoice::hasShapes).count() > MOST_COMPARED) {
      throw Refusal.of(
          node,
          "oneOf",
          "more than " + MOST_COMPARED + " objects or arrays are not compared; write \"anyOf\".");
    }
    ValueSet exactlyOne = ValueSet.NONE;
    for (int i = 0; i < alternatives.size(); i++) {
      ValueSet only = shapesOf(alternatives.get(i));
      for (int j = 0; j < alternatives.size(); j++) {
        if (i != j && !areDisjoint(alternatives.get(i), alternatives.get(j))) {
          only = only.intersect(complement(i, j, shapesOf(alternatives.get(j))));
        }
      }
      exactlyOne = exactlyOne.union(only);
    }
    return exactlyOne;
  }

  private static boolean hasShapes(ValueSet values) {
    return !values.objects().isEmpty() || !values.arrays().isEmpty();
  }

  private static ValueSet shapesOf(ValueSet values) {
    return ValueSet.NONE.withArrays(values.arrays()).withObjects(values.objects());
  }

  private ValueSet complement(int i, int j, ValueSet shapes) {
    return shapes
        .complement()
        .orElseThrow(
            () ->
                Refusal.of(
                    node,
                    "oneOf",
                    "it is not known that no value fulfils both alternative "
                        + i
                        + " and alternative "
                        + j
                        + "; give them a required property with different constants, or write"
                        + " \"anyOf\"."));
  }

  private boolean areDisjoint(ValueSet one, ValueSet other) {
    return one.objects().stream()
            .allMatch(a -> other.objects().stream().allMatch(b -> isEmpty(a.intersect(b))))
        && one.arrays().stream()
            .allMatch(a -> other.arrays().stream().allMatch(b -> isEmptyArray(a.intersect(b))));
  }

  private boolean isEmpty(Optional<ObjectShape> shape) {
    return shape.isEmpty() || isEmpty(shape.get(), DEEPEST);
  }

  private boolean isEmptyArray(Optional<ArrayShape> shape) {
    return shape.isEmpty() || isEmpty(shape.get(), DEEPEST);
  }

  private boolean isEmpty(ObjectShape shape, int depth) {
    return shape.required().stream().anyMatch(name -> isEmpty(shape.member(name), depth - 1));
  }

  private boolean isEmpty(ArrayShape shape, int depth) {
    for (int i = 0; i < shape.prefix().size() && i < shape.min(); i++) {
      if (isEmpty(shape.item(i), depth - 1)) {
        return true;
      }
    }
    return shape.min() > shape.prefix().size() && isEmpty(shape.rest(), depth - 1);
  }

  private boolean isEmpty(Conjunction schemas, int depth) {
    Optional<ValueSet> known = depth == 0 ? Optional.empty() : values.ifKnown(schemas);
    return known.isPresent()
        && known.get().isEmptyBesideShapes()
        && known.get().objects().stream().allMatch(shape -> isEmpty(shape, depth))
        && known.get().arrays().stream().allMatch(shape -> isEmpty(shape, depth));
  }
}
