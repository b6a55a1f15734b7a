package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code json.dumps} with the settings of Hugging Face's {@code tojson}: characters stay
 * as they are and nothing is escaped for HTML.
 */
final class JsonText {
  private static final int MAX_DEPTH = 100;

  private final TextBuilder json;
  private final Budget budget;
  private final boolean asciiOnly;
  private final boolean sortKeys;
  private final @Nullable Text indent;
  private final Text itemSeparator;
  private final Text keySeparator;
  private int depth;

  private JsonText(
      Budget budget,
      boolean asciiOnly,
      @Nullable Text indent,
      @Nullable Value separators,
      boolean sortKeys) {
    this.json = new TextBuilder(budget);
    this.budget = budget;
    this.asciiOnly = asciiOnly;
    this.indent = indent;
    this.sortKeys = sortKeys;
    if (separators == null || separators instanceof Value.None) {
      itemSeparator = Text.template(indent == null ? ", " : ",");
      keySeparator = Text.template(": ");
    } else {
      List<Value> pair = Sequences.iterate(separators, budget);
      if (pair.size() != 2) {
        throw new Fault("tojson() needs two separators.");
      }
      itemSeparator = Strings.text(pair.get(0), "tojson()");
      keySeparator = Strings.text(pair.get(1), "tojson()");
    }
  }

  /** The filter {@code tojson(ensure_ascii, indent, separators, sort_keys)}. */
  static Value filter(Rendering rendering, Value value, Args args) {
    boolean asciiOnly = args.truth("ensure_ascii", false);
    Text indent = indent(args.optional("indent", Value.None.NONE), rendering.budget());
    Value separators = args.take("separators");
    boolean sortKeys = args.truth("sort_keys", false);
    args.end();
    JsonText text = new JsonText(rendering.budget(), asciiOnly, indent, separators, sortKeys);
    text.write(value);
    return Value.of(text.json.build());
  }

  private static @Nullable Text indent(Value indent, Budget budget) {
    if (indent instanceof Value.None) {
      return null;
    }
    if (indent instanceof Value.Str str) {
      return str.text();
    }
    long spaces = Numbers.integer(indent, "tojson()");
    return new TextBuilder(budget).repeat(Text.template(" "), spaces).build();
  }

  private void write(Value value) {
    budget.spend(1);
    if (value instanceof Value.Str str) {
      string(str.text());
    } else if (value instanceof Value.Items items && isArray(items)) {
      array(items.values());
    } else if (value instanceof Value.Dict dict) {
      object(dict.entries());
    } else {
      String scalar = scalar(value);
      if (scalar == null) {
        throw new Fault("A " + value.typeName() + " has no JSON form.");
      }
      write(scalar);
    }
  }

  private void write(String characters) {
    json.append(characters, Provenance.TEMPLATE);
  }

  private static boolean isArray(Value.Items items) {
    return items.isTuple() || items.kind() == Value.Items.Kind.LIST;
  }

  private static @Nullable String scalar(Value value) {
    if (value instanceof Value.Int number) {
      return Long.toString(number.value());
    } else if (value instanceof Value.Big number) {
      return number.value().toString();
    } else if (value instanceof Value.Real number) {
      return number(number.value());
    } else if (value instanceof Value.Bool bool) {
      return Boolean.toString(bool.value());
    }
    return value instanceof Value.None ? "null" : null;
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
      write("[]");
      return;
    }
    write("[");
    open();
    for (int i = 0; i < items.size(); i++) {
      separate(i > 0);
      write(items.get(i));
    }
    close("]");
  }

  private void object(Map<Value, Value> entries) {
    if (entries.isEmpty()) {
      write("{}");
      return;
    }
    write("{");
    open();
    boolean first = true;
    for (Map.Entry<Value, Value> entry : ordered(entries)) {
      separate(!first);
      string(key(entry.getKey()));
      json.append(keySeparator);
      write(entry.getValue());
      first = false;
    }
    close("}");
  }

  private List<Map.Entry<Value, Value>> ordered(Map<Value, Value> entries) {
    List<Map.Entry<Value, Value>> ordered = new ArrayList<>(entries.entrySet());
    if (sortKeys) {
      Comparisons comparisons = new Comparisons(budget);
      ordered.sort((a, b) -> comparisons.compare(a.getKey(), b.getKey()));
    }
    return ordered;
  }

  private static Text key(Value key) {
    if (key instanceof Value.Str str) {
      return str.text();
    }
    String scalar = scalar(key);
    if (scalar == null) {
      throw new Fault("A " + key.typeName() + " cannot be a key in JSON.");
    }
    return Text.template(scalar);
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

  private void close(String bracket) {
    depth--;
    newLine();
    write(bracket);
  }

  private void newLine() {
    if (indent != null) {
      write("\n");
      json.repeat(indent, depth);
    }
  }

  /** The quotes are the template's; what stands in them is its author's, and so are escapes. */
  private void string(Text content) {
    String chars = content.toString();
    write("\"");
    content.forEachRun(
        0,
        chars.length(),
        (start, end, provenance) -> {
          StringBuilder escaped = new StringBuilder(end - start + 8);
          for (int i = start; i < end; i++) {
            escape(chars.charAt(i), escaped);
          }
          json.append(escaped.toString(), provenance);
        });
    write("\"");
  }

  private void escape(char c, StringBuilder escaped) {
    switch (c) {
      case '"' -> escaped.append("\\\"");
      case '\\' -> escaped.append("\\\\");
      case '\n' -> escaped.append("\\n");
      case '\r' -> escaped.append("\\r");
      case '\t' -> escaped.append("\\t");
      case '\f' -> escaped.append("\\f");
      case '\b' -> escaped.append("\\b");
      default -> {
        if (c < 0x20 || (asciiOnly && c > 0x7E)) {
          escaped.append(String.format("\\u%04x", (int) c));
        } else {
          escaped.append(c);
        }
      }
    }
  }
}
