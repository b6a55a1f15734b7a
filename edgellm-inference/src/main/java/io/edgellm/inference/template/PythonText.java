package io.edgellm.inference.template;

import java.util.List;
import java.util.Map;

/** What Python's {@code str()} and {@code repr()} write. */
final class PythonText {
  private static final int MAX_DEPTH = 100;

  private final StringBuilder text = new StringBuilder();
  private final Budget budget;
  private Provenance provenance = Provenance.TEMPLATE;
  private int depth;

  private PythonText(Budget budget) {
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

  /** The text of a value inside of a list: strings in quotes. */
  static Text repr(Value value, Budget budget) {
    PythonText written = new PythonText(budget);
    written.write(value);
    return Text.of(written.text.toString(), written.provenance);
  }

  private void write(Value value) {
    budget.length(text.length());
    if (value instanceof Value.Str str) {
      quoted(str.text());
    } else if (value instanceof Value.Int number) {
      text.append(number.value());
    } else if (value instanceof Value.Real number) {
      text.append(Numbers.text(number.value()));
    } else if (value instanceof Value.Bool bool) {
      text.append(bool.value() ? "True" : "False");
    } else if (value instanceof Value.None) {
      text.append("None");
    } else if (value instanceof Value.Undefined) {
      text.append("Undefined");
    } else if (value instanceof Value.Items items) {
      items(items);
    } else if (value instanceof Value.Dict dict) {
      dict(dict);
    } else {
      text.append('<').append(value.typeName()).append('>');
    }
  }

  private void items(Value.Items items) {
    nest();
    boolean list = items.kind() == Value.Items.Kind.LIST;
    List<Value> values = items.values();
    text.append(list ? '[' : '(');
    for (int i = 0; i < values.size(); i++) {
      text.append(i == 0 ? "" : ", ");
      write(values.get(i));
    }
    text.append(!list && values.size() == 1 ? "," : "").append(list ? ']' : ')');
    depth--;
  }

  private void dict(Value.Dict dict) {
    nest();
    text.append('{');
    String separator = "";
    for (Map.Entry<Value, Value> entry : dict.entries().entrySet()) {
      text.append(separator);
      write(entry.getKey());
      text.append(": ");
      write(entry.getValue());
      separator = ", ";
    }
    text.append('}');
    depth--;
  }

  private void nest() {
    if (++depth > MAX_DEPTH) {
      throw new Fault("This value is nested more than " + MAX_DEPTH + " deep.");
    }
  }

  private void quoted(Text content) {
    if (content.hasInput()) {
      provenance = Provenance.INPUT;
    }
    String chars = content.toString();
    char quote = chars.indexOf('\'') >= 0 && chars.indexOf('"') < 0 ? '"' : '\'';
    text.append(quote);
    chars.codePoints().forEach(c -> character(c, quote));
    text.append(quote);
  }

  private void character(int c, char quote) {
    switch (c) {
      case '\\' -> text.append("\\\\");
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        if (c == quote) {
          text.append('\\').append(quote);
        } else if (isPrintable(c)) {
          text.appendCodePoint(c);
        } else if (c <= 0xFF) {
          text.append(String.format("\\x%02x", c));
        } else {
          text.append(String.format(c <= 0xFFFF ? "\\u%04x" : "\\U%08x", c));
        }
      }
    }
  }

  private static boolean isPrintable(int c) {
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
