package io.edgellm.inference.template;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code '%s of %d' % (a, b)}. */
final class PrintfFormat {
  private static final Pattern FIELD =
      Pattern.compile("%(?:\\(([^)]*)\\))?([-+ 0#]*)([0-9]{0,9})(?:\\.([0-9]{1,9}))?([a-zA-Z%])");

  private PrintfFormat() {}

  static Text format(Rendering rendering, Text format, Value values) {
    List<Value> list =
        values instanceof Value.Items items && items.kind() == Value.Items.Kind.TUPLE
            ? items.values()
            : List.of(values);
    TextBuilder text = new TextBuilder();
    Matcher field = FIELD.matcher(format.toString());
    int done = 0;
    int next = 0;
    while (field.find()) {
      text.append(format, done, field.start());
      done = field.end();
      if (field.group(5).equals("%")) {
        text.append("%", Provenance.TEMPLATE);
        continue;
      }
      Value value;
      if (field.group(1) != null) {
        value = Attributes.item(values, Value.ofTemplate(field.group(1)));
      } else if (next < list.size()) {
        value = list.get(next++);
      } else {
        throw new Fault("The format has more fields than there are values.");
      }
      text.append(spec(field).apply(rendering, value));
      rendering.budget().length(text.length());
    }
    if (next < list.size() && !(values instanceof Value.Dict)) {
      throw new Fault("There are more values than the format has fields.");
    }
    return text.append(format, done, format.length()).build();
  }

  private static FormatSpec spec(Matcher field) {
    String flags = field.group(2);
    String type = field.group(5).replace('i', 'd').replace('u', 'd');
    boolean left = flags.contains("-");
    String align = left ? "<" : flags.contains("0") ? "" : ">";
    String sign = flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    String zero = !left && flags.contains("0") ? "0" : "";
    String precision = field.group(4) == null ? "" : "." + field.group(4);
    return FormatSpec.parse(align + sign + zero + field.group(3) + precision + type);
  }
}
