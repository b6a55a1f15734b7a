package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code json.dumps} with the settings of Hugging Face's {@code tojson}: characters stay
 * as they are and nothing is escaped for HTML.
 */
final class JsonText {
  private static final int MAX_DEPTH = 100;

  private final StringBuilder json = new StringBuilder();
  private final Budget budget;
  private final boolean asciiOnly;
  private final boolean sortKeys;
  private final @Nullable String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private Provenance provenance = Provenance.TEMPLATE;
  private int depth;

  private JsonText(
      Budget budget,
      boolean asciiOnly,
      @Nullable String indent,
      @Nullable Value separators,
      boolean sortKeys) {
    this.budget = budget;
    this.asciiOnly = asciiOnly;
    this.indent = indent;
    this.sortKeys = sortKeys;
    if (separators == null || separators instanceof Value.None) {
      itemSeparator = indent == null ? ", " : ",";
      keySeparator = ": ";
    } else {
      List<Value> pair = Sequences.iterate(separators);
      if (pair.size() != 2) {
        throw new Fault("tojson() needs two separators.");
      }
      itemSeparator = Strings.text(pair.get(0), "tojson()").toString();
      keySeparator = Strings.text(pair.get(1), "tojson()").toString();
    }
  }

  /** The filter {@code tojson(ensure_ascii, indent, separators, sort_keys)}. */
  static Value filter(Rendering rendering, Value value, Args args) {
    boolean asciiOnly = args.truth("ensure_ascii", false);
    String indent = indent(args.optional("indent", Value.None.NONE), rendering.budget());
    Value separators = args.take("separators");
    boolean sortKeys = args.truth("sort_keys", false);
    args.end();
    JsonText text = new JsonText(rendering.budget(), asciiOnly, indent, separators, sortKeys);
    text.write(value);
    return Value.of(Text.of(text.json.toString(), text.provenance));
  }

  private static @Nullable String indent(Value indent, Budget budget) {
    if (indent instanceof Value.None) {
      return null;
    }
    if (indent instanceof Value.Str str) {
      return str.toString();
    }
    long spaces = Math.max(0, Numbers.integer(indent, "tojson()"));
    budget.length(spaces);
    return " ".repeat((int) spaces);
  }

  private void write(Value value) {
    budget.length(json.length());
    if (value instanceof Value.Str str) {
      string(str.text());
    } else if (value instanceof Value.Int number) {
      json.append(number.value());
    } else if (value instanceof Value.Real number) {
      json.append(number(number.value()));
    } else if (value instanceof Value.Bool bool) {
      json.append(bool.value());
    } else if (value instanceof Value.None) {
      json.append("null");
    } else if (value instanceof Value.Items items) {
      array(items.values());
    } else if (value instanceof Value.Dict dict) {
      object(dict.entries());
    } else {
      throw new Fault("A " + value.typeName() + " has no JSON form.");
    }
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    return Numbers.text(value);
  }

  private void array(List<Value> items) {
    if (items.isEmpty()) {
      json.append("[]");
      return;
    }
    json.append('[');
    open();
    for (int i = 0; i < items.size(); i++) {
      separate(i > 0);
      write(items.get(i));
    }
    close(']');
  }

  private void object(Map<Value, Value> entries) {
    if (entries.isEmpty()) {
      json.append("{}");
      return;
    }
    json.append('{');
    open();
    boolean first = true;
    for (Map.Entry<Value, Value> entry : ordered(entries)) {
      separate(!first);
      string(key(entry.getKey()));
      json.append(keySeparator);
      write(entry.getValue());
      first = false;
    }
    close('}');
  }

  private List<Map.Entry<Value, Value>> ordered(Map<Value, Value> entries) {
    if (!sortKeys) {
      return new ArrayList<>(entries.entrySet());
    }
    Map<Value, Value> sorted = new TreeMap<>((a, b) -> Operators.compare(a, b, "<"));
    sorted.putAll(entries);
    return new ArrayList<>(sorted.entrySet());
  }

  private static Text key(Value key) {
    if (key instanceof Value.Str str) {
      return str.text();
    } else if (key instanceof Value.Int number) {
      return Text.template(Long.toString(number.value()));
    } else if (key instanceof Value.Real number) {
      return Text.template(number(number.value()));
    } else if (key instanceof Value.Bool bool) {
      return Text.template(Boolean.toString(bool.value()));
    } else if (key instanceof Value.None) {
      return Text.template("null");
    }
    throw new Fault("A " + key.typeName() + " cannot be a key in JSON.");
  }

  private void open() {
    if (++depth > MAX_DEPTH) {
      throw new Fault("This value is nested more than " + MAX_DEPTH + " deep.");
    }
  }

  private void separate(boolean again) {
    if (again) {
      json.append(itemSeparator);
    }
    newLine();
  }

  private void close(char bracket) {
    depth--;
    newLine();
    json.append(bracket);
  }

  private void newLine() {
    if (indent != null) {
      json.append('\n');
      for (int i = 0; i < depth; i++) {
        json.append(indent);
      }
    }
  }

  private void string(Text content) {
    if (content.hasInput()) {
      provenance = Provenance.INPUT;
    }
    String chars = content.toString();
    json.append('"');
    for (int i = 0; i < chars.length(); i++) {
      character(chars.charAt(i));
    }
    json.append('"');
  }

  private void character(char c) {
    switch (c) {
      case '"' -> json.append("\\\"");
      case '\\' -> json.append("\\\\");
      case '\n' -> json.append("\\n");
      case '\r' -> json.append("\\r");
      case '\t' -> json.append("\\t");
      case '\f' -> json.append("\\f");
      case '\b' -> json.append("\\b");
      default -> {
        if (c < 0x20 || (asciiOnly && c > 0x7E)) {
          json.append(String.format("\\u%04x", (int) c));
        } else {
          json.append(c);
        }
      }
    }
  }
}
