package io.edgellm.inference.template;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code '{} of {name:>5}'.format(a, name=b)}. */
final class BraceFormat {
  private static final Pattern FIELD =
      Pattern.compile("\\{\\{|\\}\\}|\\{([^{}!:]*)(?:!([rs]))?(?::([^{}]*))?\\}");
  private static final Pattern STEP = Pattern.compile("\\.(\\w+)|\\[([^\\]]*)\\]");

  private BraceFormat() {}

  static Value format(Rendering rendering, Text format, Args args) {
    List<Value> positional = args.restPositional();
    Map<String, Value> named = args.restNamed();
    TextBuilder text = new TextBuilder();
    Matcher field = FIELD.matcher(format.toString());
    int done = 0;
    int next = 0;
    while (field.find()) {
      text.append(format, done, field.start());
      done = field.end();
      if (field.group().equals("{{") || field.group().equals("}}")) {
        text.append(format, field.start(), field.start() + 1);
        continue;
      }
      String path = field.group(1);
      boolean automatic = path.isEmpty() || path.startsWith(".") || path.startsWith("[");
      Value value = value(automatic ? next++ + path : path, positional, named);
      text.append(laidOut(rendering, value, field));
      rendering.budget().length(text.length());
    }
    return Value.of(text.append(format, done, format.length()).build());
  }

  private static Value value(String path, List<Value> positional, Map<String, Value> named) {
    int end = 0;
    while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
      end++;
    }
    String name = path.substring(0, end);
    Value value = start(name, positional, named);
    Matcher step = STEP.matcher(path).region(end, path.length());
    while (step.find()) {
      value =
          step.group(1) != null
              ? Attributes.attribute(value, step.group(1))
              : Attributes.item(value, key(step.group(2)));
    }
    return value;
  }

  private static Value start(String name, List<Value> positional, Map<String, Value> named) {
    if (name.matches("[0-9]{1,4}") && Integer.parseInt(name) < positional.size()) {
      return positional.get(Integer.parseInt(name));
    }
    Value value = named.get(name);
    if (value == null) {
      throw new Fault("The format has no value for '{" + name + "}'.");
    }
    return value;
  }

  private static Value key(String key) {
    return key.matches("[0-9]{1,9}") ? Value.of(Long.parseLong(key)) : Value.ofTemplate(key);
  }

  private static Text laidOut(Rendering rendering, Value value, Matcher field) {
    Value shown = value;
    if (field.group(2) != null) {
      shown =
          Value.of(
              field.group(2).equals("r")
                  ? PythonText.repr(value, rendering.budget())
                  : PythonText.str(value, rendering.budget()));
    }
    String spec = field.group(3);
    return spec == null || spec.isEmpty()
        ? PythonText.str(shown, rendering.budget())
        : FormatSpec.parse(spec).apply(rendering, shown);
  }
}
