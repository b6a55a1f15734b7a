package io.edgellm.inference.template;

import java.util.Map;

/** What Python's {@code str()} and {@code repr()} write. */
final class PythonText {
  private static final int MAX_DEPTH = 100;

  private final TextBuilder text;
  private final Budget budget;
  private int depth;

  private PythonText(Budget budget) {
    this.text = new TextBuilder(budget);
    this.budget = budget;
  }

  /** The text of a value where it is printed. */
  static Text str(Value value, Budget budget) {
    if (value instanceof Value.Str str) {
      return str.text();
    }
    if (value instanceof Value.Undefined) {
      return Text.EMPTY;
    }
    return repr(value, budget);
  }

  /**
   * The text of a value inside of a list: strings in quotes. Brackets, commas and quotes are the
   * template's, whoever chose how many there are; what stands in the quotes is its author's.
   */
  static Text repr(Value value, Budget budget) {
    PythonText written = new PythonText(budget);
    written.write(value);
    return written.text.build();
  }

  private void write(Value value) {
    budget.spend(1);
    if (value instanceof Value.Str str) {
      if (str.markup()) {
        write("Markup(");
      }
      quoted(str.text());
      if (str.markup()) {
        write(")");
      }
    } else if (value instanceof Value.Int number) {
      write(Long.toString(number.value()));
    } else if (value instanceof Value.Big number) {
      write(number.value().toString());
    } else if (value instanceof Value.Real number) {
      write(Numbers.text(number.value()));
    } else if (value instanceof Value.Bool bool) {
      write(bool.value() ? "True" : "False");
    } else if (value instanceof Value.None) {
      write("None");
    } else if (value instanceof Value.Undefined) {
      write("Undefined");
    } else if (value instanceof Value.Items items) {
      items(items);
    } else if (value instanceof Value.Dict dict) {
      nest();
      entries(dict.entries());
      depth--;
    } else if (value instanceof Value.Namespace namespace) {
      nest();
      write("<Namespace ");
      entries(namespace.entries());
      write(">");
      depth--;
    } else {
      write(value instanceof Loop loop ? loop.toString() : "<" + value.typeName() + ">");
    }
  }

  private void write(String characters) {
    text.append(characters, Provenance.TEMPLATE);
  }

  private void items(Value.Items items) {
    if (items.values() instanceof Range range) {
      write(range.toString());
      return;
    }
    nest();
    if (items.isTuple()) {
      values(items, "(", items.values().size() == 1 ? ",)" : ")");
    } else if (items.kind() == Value.Items.Kind.LIST) {
      values(items, "[", "]");
    } else {
      values(items, items.typeName() + "([", "])");
    }
    depth--;
  }

  private void values(Value.Items items, String open, String close) {
    write(open);
    String separator = "";
    for (Value value : items.values()) {
      write(separator);
      write(value);
      separator = ", ";
    }
    write(close);
  }

  private void entries(Map<Value, Value> entries) {
    write("{");
    String separator = "";
    for (Map.Entry<Value, Value> entry : entries.entrySet()) {
      write(separator);
      write(entry.getKey());
      write(": ");
      write(entry.getValue());
      separator = ", ";
    }
    write("}");
  }

  private void nest() {
    if (++depth > MAX_DEPTH) {
      throw new Fault("This value is nested more than " + MAX_DEPTH + " deep.");
    }
  }

  private void quoted(Text content) {
    String chars = content.toString();
    String quote = chars.indexOf('\'') >= 0 && chars.indexOf('"') < 0 ? "\"" : "'";
    write(quote);
    content.forEachRun(
        0,
        chars.length(),
        (start, end, provenance) -> {
          StringBuilder escaped = new StringBuilder(end - start + 8);
          chars.substring(start, end).codePoints().forEach(c -> escape(c, quote, escaped));
          text.append(escaped.toString(), provenance);
        });
    write(quote);
  }

  private static void escape(int c, String quote, StringBuilder escaped) {
    switch (c) {
      case '\\' -> escaped.append("\\\\");
      case '\n' -> escaped.append("\\n");
      case '\r' -> escaped.append("\\r");
      case '\t' -> escaped.append("\\t");
      default -> {
        if (c == quote.charAt(0)) {
          escaped.append('\\').append(quote);
        } else if (isPrintable(c)) {
          escaped.appendCodePoint(c);
        } else if (c <= 0xFF) {
          escaped.append(String.format("\\x%02x", c));
        } else {
          escaped.append(String.format(c <= 0xFFFF ? "\\u%04x" : "\\U%08x", c));
        }
      }
    }
  }

  /** Whether Python's repr shows a character as it is. */
  static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }
}
