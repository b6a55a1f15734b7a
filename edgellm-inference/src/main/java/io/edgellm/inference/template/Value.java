package io.edgellm.inference.template;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a template. Every one is immutable but {@link Namespace}, as in the environment that
 * Hugging Face uses, where a template cannot change a list or a dict.
 */
sealed interface Value {

  /** A name that means nothing; printing it gives nothing, using it is an error. */
  record Undefined(String hint) implements Value {}

  /** Python's None. */
  record None() implements Value {
    static final None NONE = new None();
  }

  /** A truth value. */
  record Bool(boolean value) implements Value {
    static final Bool TRUE = new Bool(true);
    static final Bool FALSE = new Bool(false);
  }

  /** A whole number; Python's have no bound, these have 64 bits. */
  record Int(long value) implements Value {}

  /** A floating-point number. */
  record Real(double value) implements Value {}

  /** A string. */
  record Str(Text text) implements Value {
    @Override
    public String toString() {
      return text.toString();
    }
  }

  /** A list or a tuple. */
  record Items(List<Value> values, Kind kind) implements Value {
    enum Kind {
      LIST,
      TUPLE,
      /** A pair that groupby makes: its parts have the names grouper and list. */
      GROUP
    }
  }

  /** What some filters give: it is true even if empty, has no length, and can be read once. */
  final class Generator implements Value {
    private List<Value> rest;

    Generator(List<Value> values) {
      rest = values;
    }

    List<Value> take() {
      List<Value> taken = rest;
      rest = List.of();
      return taken;
    }
  }

  /** A mapping in the order of its entries. */
  record Dict(Map<Value, Value> entries) implements Value {}

  /** Something with parentheses behind it. */
  non-sealed interface Callable extends Value {
    Value call(Rendering rendering, Args args);
  }

  /** An object of the engine with attributes of its own. */
  non-sealed interface Attributed extends Value {
    /** Returns the attribute, or null if there is none of this name. */
    @Nullable Value attribute(String name);
  }

  /** The one value that a template may change: {@code namespace(found=false)}. */
  final class Namespace implements Attributed {
    final Map<String, Value> attributes;

    Namespace(Map<String, Value> attributes) {
      this.attributes = attributes;
    }

    @Override
    public @Nullable Value attribute(String name) {
      return attributes.get(name);
    }
  }

  static Value of(boolean value) {
    return value ? Bool.TRUE : Bool.FALSE;
  }

  static Value of(long value) {
    return new Int(value);
  }

  static Value of(double value) {
    return new Real(value);
  }

  static Value of(Text text) {
    return new Str(text);
  }

  /** A string that the template or the engine wrote. */
  static Value ofTemplate(String text) {
    return new Str(Text.template(text));
  }

  static Value list(List<Value> values) {
    return new Items(Collections.unmodifiableList(values), Items.Kind.LIST);
  }

  static Value tuple(Value... values) {
    return new Items(List.of(values), Items.Kind.TUPLE);
  }

  /** Takes a map that keeps its order. */
  static Value dict(Map<Value, Value> entries) {
    return new Dict(Collections.unmodifiableMap(entries));
  }

  /** Python's name of the type. */
  default String typeName() {
    if (this instanceof Str) {
      return "str";
    } else if (this instanceof Dict) {
      return "dict";
    } else if (this instanceof Items items) {
      return items.kind() == Items.Kind.LIST ? "list" : "tuple";
    } else if (this instanceof Int) {
      return "int";
    } else if (this instanceof Real) {
      return "float";
    } else if (this instanceof Bool) {
      return "bool";
    } else if (this instanceof None) {
      return "NoneType";
    } else if (this instanceof Generator) {
      return "generator";
    }
    return getClass().getSimpleName();
  }

  /** Python's truth. */
  default boolean isTrue() {
    if (this instanceof Bool bool) {
      return bool.value();
    } else if (this instanceof Str str) {
      return str.text().length() > 0;
    } else if (this instanceof Items items) {
      return !items.values().isEmpty();
    } else if (this instanceof Dict dict) {
      return !dict.entries().isEmpty();
    } else if (this instanceof Int number) {
      return number.value() != 0;
    } else if (this instanceof Real number) {
      return number.value() != 0;
    }
    return !(this instanceof Undefined) && !(this instanceof None);
  }
}
