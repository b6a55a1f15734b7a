package io.edgellm.inference.schema;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A set of JSON values, told per type. Items and members are conjunctions of schemas that have not
 * been worked out, so that a set of values is finite where its values nest without end. Immutable.
 *
 * @param nulls whether null is in it
 * @param booleans which of true and false are in it
 * @param numbers which numbers are in it
 * @param strings which strings are in it
 * @param arrays arrays of any of these shapes are in it
 * @param objects objects of any of these shapes are in it
 */
record ValueSet(
    boolean nulls,
    Set<Boolean> booleans,
    NumberSet numbers,
    StringSet strings,
    List<ArrayShape> arrays,
    List<ObjectShape> objects) {
  /** More shapes of one type are not worked out; each is a rule or more of the grammar. */
  static final int MOST_SHAPES = 1_000;

  static final ValueSet NONE =
      new ValueSet(false, Set.of(), NumberSet.NONE, StringSet.NONE, List.of(), List.of());
  static final ValueSet ALL =
      new ValueSet(
          true,
          Set.of(false, true),
          NumberSet.ALL,
          StringSet.ALL,
          List.of(ArrayShape.ALL),
          List.of(ObjectShape.ALL));
  static final ValueSet NULL = NONE.withNulls(true);

  /** More shapes than the bound would come of it. */
  static final class TooManyShapesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyShapesException() {
      super("It comes to more than " + MOST_SHAPES + " alternatives.");
    }
  }

  static ValueSet of(boolean value) {
    return NONE.withBooleans(Set.of(value));
  }

  static ValueSet of(ArrayShape shape) {
    return NONE.withArrays(List.of(shape));
  }

  static ValueSet of(ObjectShape shape) {
    return NONE.withObjects(List.of(shape));
  }

  ValueSet withNulls(boolean value) {
    return new ValueSet(value, booleans, numbers, strings, arrays, objects);
  }

  ValueSet withBooleans(Set<Boolean> values) {
    return new ValueSet(nulls, values, numbers, strings, arrays, objects);
  }

  ValueSet withNumbers(NumberSet values) {
    return new ValueSet(nulls, booleans, values, strings, arrays, objects);
  }

  ValueSet withStrings(StringSet values) {
    return new ValueSet(nulls, booleans, numbers, values, arrays, objects);
  }

  ValueSet withArrays(List<ArrayShape> shapes) {
    return new ValueSet(nulls, booleans, numbers, strings, shapes, objects);
  }

  ValueSet withObjects(List<ObjectShape> shapes) {
    return new ValueSet(nulls, booleans, numbers, strings, arrays, shapes);
  }

  /** Returns whether nothing is in it, as far as can be seen without working out its shapes. */
  boolean isEmpty() {
    return isEmptyBesideShapes() && arrays.isEmpty() && objects.isEmpty();
  }

  boolean isEmptyBesideShapes() {
    return !nulls && booleans.isEmpty() && numbers.isEmpty() && strings.isEmpty();
  }

  /**
   * @throws TooManyShapesException if there would be more than {@value #MOST_SHAPES}
   */
  ValueSet union(ValueSet other) {
    Set<Boolean> either = new LinkedHashSet<>(booleans);
    either.addAll(other.booleans);
    return new ValueSet(
        nulls || other.nulls,
        Set.copyOf(either),
        numbers.union(other.numbers),
        strings.union(other.strings),
        union(arrays, other.arrays, ArrayShape.ALL),
        union(objects, other.objects, ObjectShape.ALL));
  }

  private static <T> List<T> union(List<T> shapes, List<T> others, T all) {
    if (shapes.contains(all) || others.contains(all)) {
      return List.of(all);
    }
    Set<T> either = new LinkedHashSet<>(shapes);
    either.addAll(others);
    return bounded(List.copyOf(either));
  }

  /**
   * @throws TooManyShapesException if there would be more than {@value #MOST_SHAPES}
   */
  ValueSet intersect(ValueSet other) {
    Set<Boolean> both = new LinkedHashSet<>(booleans);
    both.retainAll(other.booleans);
    return new ValueSet(
        nulls && other.nulls,
        Set.copyOf(both),
        numbers.intersect(other.numbers),
        strings.intersect(other.strings),
        intersect(arrays, other.arrays, ArrayShape::intersect),
        intersect(objects, other.objects, ObjectShape::intersect));
  }

  private static <T> List<T> intersect(
      List<T> shapes, List<T> others, BiFunction<T, T, Optional<T>> intersection) {
    Set<T> both = new LinkedHashSet<>();
    for (T shape : shapes) {
      for (T other : others) {
        intersection.apply(shape, other).ifPresent(both::add);
      }
      if (both.size() > MOST_SHAPES) {
        throw new TooManyShapesException();
      }
    }
    return List.copyOf(both);
  }

  private static <T> List<T> bounded(List<T> shapes) {
    if (shapes.size() > MOST_SHAPES) {
      throw new TooManyShapesException();
    }
    return shapes;
  }

  /**
   * Returns the values that are not in this set; nothing if shapes cannot express them.
   *
   * @throws TooManyShapesException if there would be more than {@value #MOST_SHAPES}
   */
  Optional<ValueSet> complement() {
    List<ArrayShape> otherArrays =
        complement(arrays, ArrayShape.ALL, ArrayShape::complement, ArrayShape::intersect);
    List<ObjectShape> otherObjects =
        complement(objects, ObjectShape.ALL, ObjectShape::complement, ObjectShape::intersect);
    if (otherArrays == null || otherObjects == null) {
      return Optional.empty();
    }
    Set<Boolean> otherBooleans = new LinkedHashSet<>(ALL.booleans);
    otherBooleans.removeAll(booleans);
    return Optional.of(
        new ValueSet(
            !nulls,
            Set.copyOf(otherBooleans),
            NumberSet.ALL.minus(numbers),
            StringSet.ALL.minus(strings),
            otherArrays,
            otherObjects));
  }

  private static <T> @Nullable List<T> complement(
      List<T> shapes,
      T all,
      Function<T, Optional<List<T>>> complement,
      BiFunction<T, T, Optional<T>> intersection) {
    List<T> others = List.of(all);
    for (T shape : shapes) {
      Optional<List<T>> notThis = complement.apply(shape);
      if (notThis.isEmpty()) {
        return null;
      }
      others = intersect(others, notThis.get(), intersection);
    }
    return new ArrayList<>(others);
  }
}
