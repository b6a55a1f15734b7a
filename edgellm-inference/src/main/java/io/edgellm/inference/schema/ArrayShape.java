package io.edgellm.inference.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Arrays whose items are described by their places.
 *
 * @param prefix what the first items have to be
 * @param rest what all further items have to be
 * @param min the fewest items
 * @param max the most items, {@link #UNBOUNDED} for no bound
 * @param unique whether no item may come twice
 */
record ArrayShape(List<Conjunction> prefix, Conjunction rest, int min, int max, boolean unique) {
  static final int UNBOUNDED = Integer.MAX_VALUE;
  static final ArrayShape ALL = of(List.of(), Conjunction.TRUE);

  static ArrayShape of(List<Conjunction> prefix, Conjunction rest) {
    return new ArrayShape(List.copyOf(prefix), rest, 0, UNBOUNDED, false);
  }

  static ArrayShape ofLength(int min, int max) {
    return new ArrayShape(List.of(), Conjunction.TRUE, min, max, false);
  }

  static ArrayShape withUniqueItems() {
    return new ArrayShape(List.of(), Conjunction.TRUE, 0, UNBOUNDED, true);
  }

  Conjunction item(int place) {
    return place < prefix.size() ? prefix.get(place) : rest;
  }

  /** Returns the arrays that are of both shapes, or nothing if there are none. */
  Optional<ArrayShape> intersect(ArrayShape other) {
    List<Conjunction> both = new ArrayList<>();
    int places = Math.max(prefix.size(), other.prefix.size());
    int fewest = Math.max(min, other.min);
    int most = Math.min(max, other.max);
    for (int i = 0; i < places && i < most; i++) {
      Conjunction item = item(i).and(other.item(i));
      if (item.isFalse()) {
        most = i;
      } else {
        both.add(item);
      }
    }
    Conjunction further = rest.and(other.rest);
    if (further.isFalse()) {
      most = Math.min(most, both.size());
    }
    return fewest > most
        ? Optional.empty()
        : Optional.of(new ArrayShape(both, further, fewest, most, unique || other.unique));
  }

  /** Returns the arrays that are not of this shape, or nothing if shapes cannot express them. */
  Optional<List<ArrayShape>> complement() {
    if (unique || !(rest.isTrue() || max <= prefix.size())) {
      return Optional.empty();
    }
    List<ArrayShape> others = new ArrayList<>();
    if (min > 0) {
      others.add(ofLength(0, min - 1));
    }
    if (max < UNBOUNDED) {
      others.add(ofLength(max + 1, UNBOUNDED));
    }
    for (int i = 0; i < prefix.size(); i++) {
      for (Conjunction.Part part : prefix.get(i).parts()) {
        List<Conjunction> items = new ArrayList<>();
        for (int before = 0; before < i; before++) {
          items.add(Conjunction.TRUE);
        }
        items.add(Conjunction.not(part));
        others.add(new ArrayShape(items, Conjunction.TRUE, i + 1, UNBOUNDED, false));
      }
    }
    return Optional.of(others);
  }
}
