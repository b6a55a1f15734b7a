package io.edgellm.inference.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Objects whose members are described by their names.
 *
 * @param properties what the members of these names have to be, in the order in which they are
 *     written
 * @param others what members of other names have to be: sets of names that do not overlap; a name
 *     that is in none of them cannot occur
 * @param required names that have to occur
 * @param min the fewest members
 * @param max the most members, {@link #UNBOUNDED} for no bound
 */
record ObjectShape(
    Map<String, Conjunction> properties,
    List<Names> others,
    Set<String> required,
    int min,
    int max) {
  static final int UNBOUNDED = Integer.MAX_VALUE;
  static final ObjectShape ALL = of(Map.of(), List.of(new Names(StringSet.ALL, Conjunction.TRUE)));

  ObjectShape {
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    others = List.copyOf(others);
    required = Collections.unmodifiableSet(new LinkedHashSet<>(required));
  }

  /** Members of any of these names. */
  record Names(StringSet names, Conjunction values) {}

  static ObjectShape of(Map<String, Conjunction> properties, List<Names> others) {
    return new ObjectShape(properties, others, Set.of(), 0, UNBOUNDED);
  }

  static ObjectShape requiring(Set<String> names) {
    return new ObjectShape(Map.of(), ALL.others, names, 0, UNBOUNDED);
  }

  static ObjectShape ofSize(int min, int max) {
    return new ObjectShape(Map.of(), ALL.others, Set.of(), min, max);
  }

  /** Objects with a member, which is as told. */
  static ObjectShape with(String name, Conjunction value) {
    return new ObjectShape(Map.of(name, value), ALL.others, Set.of(name), 0, UNBOUNDED);
  }

  static ObjectShape without(String name) {
    return of(Map.of(name, Conjunction.FALSE), ALL.others);
  }

  /** Returns what the member of a name has to be. */
  Conjunction member(String name) {
    Conjunction property = properties.get(name);
    if (property != null) {
      return property;
    }
    return others.stream()
        .filter(other -> other.names.contains(name))
        .findFirst()
        .map(Names::values)
        .orElse(Conjunction.FALSE);
  }

  /** Returns the objects that are of both shapes, or nothing if there are none. */
  Optional<ObjectShape> intersect(ObjectShape other) {
    Map<String, Conjunction> members = new LinkedHashMap<>();
    properties.keySet().forEach(name -> members.put(name, member(name).and(other.member(name))));
    for (String name : other.properties.keySet()) {
      members.computeIfAbsent(name, added -> member(added).and(other.member(added)));
    }
    Set<String> names = new LinkedHashSet<>(required);
    names.addAll(other.required);
    int fewest = Math.max(min, other.min);
    int most = Math.min(max, other.max);
    ObjectShape both = new ObjectShape(members, both(other), names, fewest, most);
    return both.isContradictory() ? Optional.empty() : Optional.of(both);
  }

  private List<Names> both(ObjectShape other) {
    if (others.equals(ALL.others)) {
      return other.others;
    }
    if (other.others.equals(ALL.others)) {
      return others;
    }
    List<Names> both = new ArrayList<>();
    for (Names mine : others) {
      for (Names theirs : other.others) {
        StringSet names = mine.names.intersect(theirs.names);
        Conjunction values = mine.values.and(theirs.values);
        if (!names.isEmpty() && !values.isFalse()) {
          both.add(new Names(names, values));
        }
      }
    }
    return both;
  }

  private boolean isContradictory() {
    return min > max
        || required.size() > max
        || required.stream().anyMatch(name -> member(name).isFalse());
  }

  /** Returns the objects that are not of this shape, or nothing if shapes cannot express them. */
  Optional<List<ObjectShape>> complement() {
    if (!others.equals(ALL.others)) {
      return Optional.empty();
    }
    List<ObjectShape> complement = new ArrayList<>();
    if (min > 0) {
      complement.add(ofSize(0, min - 1));
    }
    if (max < UNBOUNDED) {
      complement.add(ofSize(max + 1, UNBOUNDED));
    }
    required.forEach(name -> complement.add(without(name)));
    properties.forEach(
        (name, value) -> {
          if (value.isFalse()) {
            complement.add(with(name, Conjunction.TRUE));
          }
          for (Conjunction.Part part : value.parts()) {
            complement.add(with(name, Conjunction.not(part)));
          }
        });
    return Optional.of(complement);
  }
}
