package io.edgellm.inference.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The evaluated arguments of a call, taken one by one in the order of the parameters. */
final class Args {
  private final String callee;
  private final List<Value> positional;
  private final Map<Text, Value> named;
  private int next;

  Args(String callee, List<Value> positional, Map<Text, Value> named) {
    this.callee = callee;
    this.positional = positional;
    this.named = new LinkedHashMap<>(named);
  }

  static Args none(String callee) {
    return new Args(callee, List.of(), Map.of());
  }

  /** Takes the next parameter, which must be there. */
  Value required(String name) {
    Value value = take(name);
    if (value == null) {
      throw new Fault(callee + "() needs the argument '" + name + "'.");
    }
    return value;
  }

  /** Takes the next parameter, or gives the default. */
  Value optional(String name, Value otherwise) {
    Value value = take(name);
    return value == null ? otherwise : value;
  }

  /** Takes the next parameter if it is there. */
  @Nullable Value take(String name) {
    if (next < positional.size()) {
      return positional.get(next++);
    }
    next++;
    return named.remove(Text.template(name));
  }

  /** Takes an argument that is only ever given by name. */
  @Nullable Value takeNamed(String name) {
    return named.remove(Text.template(name));
  }

  boolean hasPositional() {
    return next < positional.size();
  }

  /** Takes all positional arguments that are left. */
  List<Value> restPositional() {
    int from = Math.min(next, positional.size());
    next = positional.size();
    return positional.subList(from, positional.size());
  }

  /** Takes all named arguments that are left; a name can come from outside, as a key does. */
  Map<Text, Value> restNamed() {
    Map<Text, Value> rest = new LinkedHashMap<>(named);
    named.clear();
    return rest;
  }

  /** Refuses what no parameter took. */
  void end() {
    if (next < positional.size()) {
      throw new Fault(callee + "() takes fewer arguments than " + positional.size() + ".");
    }
    if (!named.isEmpty()) {
      throw new Fault(callee + "() has no argument '" + named.keySet().iterator().next() + "'.");
    }
  }

  long integer(String name, long otherwise) {
    return Numbers.integer(optional(name, Value.of(otherwise)), callee);
  }

  boolean truth(String name, boolean otherwise) {
    return optional(name, Value.of(otherwise)).isTrue();
  }

  Text text(String name) {
    return Strings.text(required(name), callee);
  }

  Text text(String name, String otherwise) {
    return Strings.text(optional(name, Value.ofTemplate(otherwise)), callee);
  }

  String callee() {
    return callee;
  }
}
