package io.edgellm.inference.template;

import java.util.List;

/** Python's {@code '%s of %d' % (a, b)}. */
final class PrintfFormat {
  private final Rendering rendering;
  private final Text format;
  private final String chars;
  private final Value values;
  private final List<Value> list;
  private final TextBuilder text;
  private int at;
  private int next;

  private PrintfFormat(Rendering rendering, Text format, Value values) {
    this.rendering = rendering;
    this.format = format;
    this.chars = format.toString();
    this.values = values;
    this.list =
        values instanceof Value.Items items && items.isTuple() ? items.values() : List.of(values);
    this.text = new TextBuilder(rendering.budget());
  }

  static Text format(Rendering rendering, Text format, Value values) {
    return new PrintfFormat(rendering, format, values).formatted();
  }

  private Text formatted() {
    int done = 0;
    for (int field = chars.indexOf('%'); field >= 0; field = chars.indexOf('%', done)) {
      text.append(format, done, field);
      at = field + 1;
      field(format.provenanceAt(field));
      done = at;
    }
    if (next < list.size() && !isMapping()) {
      throw new Fault("There are more values than the format has fields.");
    }
    return text.append(format, done, chars.length()).build();
  }

  /** Whatever can be asked for an item by a name may stay unused. */
  private boolean isMapping() {
    return values instanceof Value.Dict
        || values instanceof Value.Undefined
        || (values instanceof Value.Items items && items.hasPlaces() && !items.isTuple());
  }

  private void field(Provenance provenance) {
    Value named = null;
    boolean isNamed = peek() == '(';
    if (isNamed) {
      named = named();
    }
    String flags = runOf("-+ 0#");
    long width = size();
    long precision = -1;
    if (peek() == '.') {
      at++;
      precision = size();
    }
    runOf("hlL");
    char type = peek();
    at++;
    if (type == '%') {
      text.append("%", provenance);
      return;
    }
    boolean left = flags.contains("-") || width < 0;
    FormatSpec spec =
        FormatSpec.printf(flags, left, Math.abs(width), (int) precision, type, provenance);
    text.append(spec.apply(rendering, named != null ? named : positional()));
  }

  private char peek() {
    if (at >= chars.length()) {
      throw new Fault("The format ends inside of a field.");
    }
    return chars.charAt(at);
  }

  private Value named() {
    if (!(values instanceof Value.Dict dict)) {
      throw new Fault("The format needs a dict.");
    }
    int start = ++at;
    for (int open = 1; open > 0; at++) {
      open += peek() == '(' ? 1 : peek() == ')' ? -1 : 0;
    }
    String name = chars.substring(start, at - 1);
    Value value = dict.entries().get(Value.ofTemplate(name));
    if (value == null) {
      throw new Fault("The format has no value for '" + name + "'.");
    }
    return value;
  }

  private String runOf(String among) {
    int start = at;
    while (among.indexOf(peek()) >= 0) {
      at++;
    }
    return chars.substring(start, at);
  }

  /** A width or a precision; a star stands for the next value. */
  private long size() {
    if (peek() == '*') {
      at++;
      return Numbers.integer(positional(), "'*' in a format");
    }
    return FormatSpec.size(runOf("0123456789"));
  }

  private Value positional() {
    if (next == list.size() || values instanceof Value.Dict) {
      if (values instanceof Value.Dict && next == 0) {
        next++;
        return values;
      }
      throw new Fault("The format has more fields than there are values.");
    }
    return list.get(next++);
  }
}
