package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Strings that the filter {@code safe} or {@code escape} made. Hugging Face's environment does not
 * escape what it prints, but such a string escapes whatever is added to it, and some published
 * templates print their tools that way. After markupsafe's Markup.
 */
final class Markup {
  private Markup() {}

  static boolean is(Value value) {
    return value instanceof Value.Str str && str.markup();
  }

  static Value of(Text text) {
    return new Value.Str(text, true);
  }

  /** The text of a value, escaped unless it is markup. */
  static Text escaped(Value value, Budget budget) {
    Text text = PythonText.str(value, budget);
    return is(value) ? text : escaped(text, budget);
  }

  static Text escaped(Text text, Budget budget) {
    return text.map(
        budget,
        run ->
            run.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;"));
  }

  /** The values that a format of markup lays out: strings among them are escaped. */
  static Value escapedParts(Value value, Budget budget) {
    if (value instanceof Value.Items items && items.isTuple()) {
      List<Value> parts = new ArrayList<>(items.values().size());
      items.values().forEach(part -> parts.add(escapedPart(part, budget)));
      return new Value.Items(parts, items.kind());
    }
    if (value instanceof Value.Dict dict) {
      Entries entries = new Entries(budget);
      dict.entries().forEach((key, part) -> entries.put(key, escapedPart(part, budget)));
      return entries.dict();
    }
    return escapedPart(value, budget);
  }

  private static Value escapedPart(Value value, Budget budget) {
    return Numbers.isNumber(value) ? value : of(escaped(value, budget));
  }

  /** What a method of markup gives: its strings are markup again. */
  static Value marked(Value result) {
    if (result instanceof Value.Str str) {
      return of(str.text());
    }
    if (result instanceof Value.Items items) {
      return new Value.Items(items.values().stream().map(Markup::marked).toList(), items.kind());
    }
    return result;
  }
}
