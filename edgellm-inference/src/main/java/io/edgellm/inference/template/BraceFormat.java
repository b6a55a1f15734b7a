package io.edgellm.inference.template;

import java.util.List;
import java.util.Map;

/** Python's {@code '{} of {name:>5}'.format(a, name=b)}. */
final class BraceFormat {
  private final Rendering rendering;
  private final List<Value> positional;
  private final Map<Text, Value> named;
  private final boolean markup;
  private int next;
  private boolean numbered;

  private BraceFormat(
      Rendering rendering, List<Value> positional, Map<Text, Value> named, boolean markup) {
    this.rendering = rendering;
    this.positional = positional;
    this.named = named;
    this.markup = markup;
  }

  static Value format(
      Rendering rendering, Value.Str format, List<Value> positional, Map<Text, Value> named) {
    BraceFormat fields = new BraceFormat(rendering, positional, named, format.markup());
    return Value.of(fields.filled(format.text(), 2));
  }

  private Text filled(Text format, int depth) {
    if (depth == 0) {
      throw new Fault("The fields of a format are nested too deeply.");
    }
    TextBuilder text = new TextBuilder(rendering.budget());
    String chars = format.toString();
    int at = 0;
    while (at < chars.length()) {
      char c = chars.charAt(at);
      if ((c == '{' || c == '}') && at + 1 < chars.length() && chars.charAt(at + 1) == c) {
        text.append(format, at, at + 1);
        at += 2;
      } else if (c == '{') {
        int end = endOfField(chars, at + 1);
        text.append(field(format.substring(at + 1, end), depth));
        at = end + 1;
      } else if (c == '}') {
        throw new Fault("A '}' of the format stands alone.");
      } else {
        int end = at;
        while (end < chars.length() && chars.charAt(end) != '{' && chars.charAt(end) != '}') {
          end++;
        }
        text.append(format, at, end);
        at = end;
      }
    }
    return text.build();
  }

  private static int endOfField(String chars, int start) {
    int open = 1;
    for (int i = start; i < chars.length(); i++) {
      char c = chars.charAt(i);
      if (c == '[') {
        int close = chars.indexOf(']', i);
        i = close < 0 ? i : close;
      } else if (c == '{') {
        open++;
      } else if (c == '}' && --open == 0) {
        return i;
      }
    }
    throw new Fault("A '{' of the format is not closed.");
  }

  private Text field(Text field, int depth) {
    String chars = field.toString();
    int nameEnd = endOfName(chars);
    Value value = value(chars.substring(0, nameEnd));
    char conversion = 0;
    int at = nameEnd;
    if (at < chars.length() && chars.charAt(at) == '!') {
      conversion = at + 1 < chars.length() ? chars.charAt(at + 1) : 0;
      at += 2;
    }
    if (at < chars.length() && chars.charAt(at) != ':') {
      throw new Fault("The format has a field '{" + chars + "}' that it cannot have.");
    }
    Value converted = converted(value, conversion);
    if (at + 1 >= chars.length()) {
      return shown(converted);
    }
    Text spec = field.substring(at + 1, chars.length());
    Text filled = spec.toString().indexOf('{') >= 0 ? filled(spec, depth - 1) : spec;
    Text laidOut = FormatSpec.parse(filled).apply(rendering, converted);
    return markup ? Markup.escaped(laidOut, rendering.budget()) : laidOut;
  }

  private static int endOfName(String chars) {
    for (int i = 0; i < chars.length(); i++) {
      char c = chars.charAt(i);
      if (c == '[') {
        int close = chars.indexOf(']', i);
        i = close < 0 ? i : close;
      } else if (c == '!' || c == ':') {
        return i;
      }
    }
    return chars.length();
  }

  private Value converted(Value value, char conversion) {
    return switch (conversion) {
      case 0 -> value;
      case 's' -> Value.of(PythonText.str(value, rendering.budget()));
      case 'r' -> Value.of(PythonText.repr(value, rendering.budget()));
      default -> throw new Fault("The format has no conversion '!" + conversion + "'.");
    };
  }

  private Text shown(Value value) {
    return markup
        ? Markup.escaped(value, rendering.budget())
        : PythonText.str(value, rendering.budget());
  }

  private Value value(String path) {
    int end = stepEnd(path, 0);
    String name = path.substring(0, end);
    Value value = name.isEmpty() ? next() : start(name);
    int at = end;
    while (at < path.length()) {
      boolean attribute = path.charAt(at) == '.';
      int stop = attribute ? stepEnd(path, at + 1) : path.indexOf(']', at);
      if (stop < 0 || stop == at + 1) {
        throw new Fault("The format has a field '{" + path + "}' that it cannot have.");
      }
      String step = path.substring(at + 1, stop);
      value =
          attribute
              ? Attributes.attribute(value, step)
              : Attributes.item(value, key(step), rendering.budget());
      at = attribute ? stop : stop + 1;
    }
    return value;
  }

  private static int stepEnd(String path, int from) {
    int end = from;
    while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
      end++;
    }
    return end;
  }

  private Value next() {
    Value value = positional(next++);
    refuseMixture();
    return value;
  }

  private void refuseMixture() {
    if (numbered && next > 0) {
      throw new Fault("The fields of a format have numbers, or none of them has.");
    }
  }

  private Value start(String name) {
    if (isIndex(name)) {
      numbered = true;
      refuseMixture();
      return positional((int) FormatSpec.size(name));
    }
    Value value = named.get(Text.template(name));
    if (value == null) {
      throw new Fault("The format has no value for '{" + name + "}'.");
    }
    return value;
  }

  private Value positional(int index) {
    if (index >= positional.size()) {
      throw new Fault("The format has more fields than there are values.");
    }
    return positional.get(index);
  }

  private static Value key(String key) {
    return isIndex(key) ? Value.of(FormatSpec.size(key)) : Value.ofTemplate(key);
  }

  private static boolean isIndex(String name) {
    return !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
