package io.edgellm.inference.template;

import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value of a template. Every one is immutable but {@link Namespace}, as in the environment that
 * Hugging Face uses, where a template cannot change a list or a dict.
 */
sealed interface Value {

  /** A name that means nothing; printing it gives nothing, using it is an error. */
  record Undefined(String hint) implements Value {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
      return 0;
    }
  }

  /** Python's None. */
  record None() implements Value {
    static final None NONE = new None();
  }

  /** A truth value. */
  record Bool(boolean value) implements Value {
    static final Bool TRUE = new Bool(true);
    static final Bool FALSE = new Bool(false);

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Value value && Numbers.equal(this, value);
    }

    @Override
    public int hashCode() {
      return Numbers.hash(this);
    }
  }

  /** A whole number of 64 bits. */
  record Int(long value) implements Value {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Value number && Numbers.equal(this, number);
    }

    @Override
    public int hashCode() {
      return Numbers.hash(this);
    }
  }

  /** A whole number that does not fit into 64 bits; Python's have no bound. */
  record Big(BigInteger value) implements Value {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Value number && Numbers.equal(this, number);
    }

    @Override
    public int hashCode() {
      return Numbers.hash(this);
    }
  }

  /** A floating-point number; equal to a whole number of the same worth, as a key of a dict is. */
  record Real(double value) implements Value {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Value number && Numbers.equal(this, number);
    }

    @Override
    public int hashCode() {
      return Numbers.hash(this);
    }
  }

  /**
   * A string.
   *
   * @param text the characters
   * @param markup whether the filter {@code safe} or {@code escape} made it: what is added to such
   *     a string is escaped for HTML, in Python and so here
   */
  record Str(Text text, boolean markup) implements Value {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Str str && str.text.equals(text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }

  /** A list, a tuple, or what Python makes to be walked through like one. */
  record Items(List<Value> values, Kind kind) implements Value {
    enum Kind {
      LIST,
      TUPLE,
      /** A pair that groupby makes: its parts have the names grouper and list. */
      GROUP,
      /** The values are a {@link Range}. */
      RANGE,
      /** The keys of a dict. */
      KEYS,
      /** The values of a dict. */
      VALUES,
      /** The entries of a dict. */
      ENTRIES
    }

    boolean isTuple() {
      return kind == Kind.TUPLE || kind == Kind.GROUP;
    }

    /** Whether its parts can be had by their place, which those of a dict cannot. */
    boolean hasPlaces() {
      return isTuple() || kind == Kind.LIST || kind == Kind.RANGE;
    }
  }

  /**
   * What some filters give: it is true even if empty, has no length, can be read once, and fails
   * when it is read and not before.
   */
  final class Generator implements Value {
    private Supplier<List<Value>> rest;

    Generator(Supplier<List<Value>> values) {
      rest = values;
    }

    List<Value> take() {
      List<Value> taken = rest.get();
      rest = List::of;
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
    private final Map<Value, Value> attributes;

    Namespace(Map<Value, Value> attributes) {
      this.attributes = attributes;
    }

    Map<Value, Value> entries() {
      return attributes;
    }

    void set(String name, Value value) {
      attributes.put(ofTemplate(name), value);
    }

    @Override
    public @Nullable Value attribute(String name) {
      return attributes.get(ofTemplate(name));
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
    return new Str(text, false);
  }

  static Value of(BigInteger value) {
    return value.bitLength() < Long.SIZE ? new Int(value.longValue()) : new Big(value);
  }

  /** A string that the template or the engine wrote. */
  static Value ofTemplate(String text) {
    return of(Text.template(text));
  }

  static Value list(List<Value> values) {
    return new Items(Collections.unmodifiableList(values), Items.Kind.LIST);
  }

  static Value tuple(Value... values) {
    return new Items(List.of(values), Items.Kind.TUPLE);
  }

  /** Python's name of the type. */
  default String typeName() {
    if (this instanceof Str) {
      return "str";
    } else if (this instanceof Dict) {
      return "dict";
    } else if (this instanceof Items items) {
      return switch (items.kind()) {
        case LIST -> "list";
        case TUPLE, GROUP -> "tuple";
        case RANGE -> "range";
        case KEYS -> "dict_keys";
        case VALUES -> "dict_values";
        case ENTRIES -> "dict_items";
      };
    } else if (this instanceof Int || this instanceof Big) {
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
