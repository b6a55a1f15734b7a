package io.edgellm.inference.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The filter {@code urlencode}: of a string, or of the keys and values of a query. */
final class UrlText {
  private UrlText() {}

  static Value encoded(Rendering rendering, Value input) {
    boolean query = input instanceof Value.Dict || input instanceof Value.Items;
    if (!query) {
      return Value.of(quoted(PythonText.str(input, rendering.budget()), rendering, "/"));
    }
    List<Value> pairs =
        input instanceof Value.Dict dict
            ? DictMethods.entries(dict, rendering)
            : SequenceFilters.items(rendering, input);
    List<Text> parts = new ArrayList<>();
    for (Value pair : pairs) {
      List<Value> two = Sequences.iterate(pair, rendering.budget());
      if (two.size() != 2) {
        throw new Fault("urlencode() needs pairs.");
      }
      parts.add(
          part(two.get(0), rendering)
              .concat(rendering.budget(), Text.template("="))
              .concat(rendering.budget(), part(two.get(1), rendering)));
    }
    return Value.of(Strings.join(rendering.budget(), Text.template("&"), parts));
  }

  private static Text part(Value value, Rendering rendering) {
    return quoted(PythonText.str(value, rendering.budget()), rendering, "");
  }

  private static Text quoted(Text text, Rendering rendering, String kept) {
    return text.map(
        rendering.budget(),
        run -> {
          StringBuilder encoded = new StringBuilder();
          for (byte b : run.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = (c < 0x80 && Character.isLetterOrDigit(c)) || "_.-~".indexOf(c) >= 0;
            if (plain || kept.indexOf(c) >= 0) {
              encoded.append(c);
            } else if (c == ' ' && kept.isEmpty()) {
              encoded.append('+');
            } else {
              encoded.append(String.format("%%%02X", (int) c));
            }
          }
          return encoded.toString();
        });
  }
}
