package io.edgellm.inference.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Filters that give strings; the provenance of what goes in stays on what comes out. */
final class TextFilters {
  private static final Pattern TAG = Pattern.compile("<!--.*?-->|<[^>]*>", Pattern.DOTALL);
  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

  private TextFilters() {}

  static void addTo(Map<String, Filter> filters) {
    filters.put("string", (rendering, input, args) -> Value.of(text(rendering, input)));
    filters.put("safe", (rendering, input, args) -> Value.of(text(rendering, input)));
    filters.put(
        "upper", (rendering, input, args) -> Value.of(Strings.upper(text(rendering, input))));
    filters.put(
        "lower", (rendering, input, args) -> Value.of(Strings.lower(text(rendering, input))));
    filters.put(
        "capitalize",
        (rendering, input, args) -> Value.of(Strings.capitalize(text(rendering, input))));
    filters.put("title", (rendering, input, args) -> Value.of(title(text(rendering, input))));
    filters.put("trim", TextFilters::trim);
    filters.put("replace", TextFilters::replace);
    filters.put("indent", TextFilters::indent);
    filters.put("center", TextFilters::center);
    filters.put("truncate", TextFilters::truncate);
    filters.put("format", TextFilters::format);
    filters.put("escape", TextFilters::escape);
    filters.put("e", TextFilters::escape);
    filters.put("forceescape", TextFilters::escape);
    filters.put("striptags", TextFilters::stripTags);
    filters.put("urlencode", (rendering, input, args) -> urlEncode(text(rendering, input)));
    filters.put(
        "pprint", (rendering, input, args) -> Value.of(PythonText.repr(input, rendering.budget())));
    filters.put(
        "wordcount",
        (rendering, input, args) ->
            Value.of(WORD.matcher(text(rendering, input).toString()).results().count()));
  }

  private static Text text(Rendering rendering, Value input) {
    Text text = PythonText.str(input, rendering.budget());
    rendering.budget().length(text.length());
    return text;
  }

  /** Unlike {@code str.title}, words begin after white space, hyphens and brackets only. */
  private static Text title(Text text) {
    boolean[] atStart = {true};
    return text.map(
        run -> {
          StringBuilder titled = new StringBuilder(run.length());
          run.codePoints()
              .forEach(
                  c -> {
                    titled.appendCodePoint(
                        atStart[0] ? Character.toUpperCase(c) : Character.toLowerCase(c));
                    atStart[0] = Strings.isSpace(c) || "-({[<".indexOf(c) >= 0;
                  });
          return titled.toString();
        });
  }

  private static Value trim(Rendering rendering, Value input, Args args) {
    Text text = text(rendering, input);
    Value characters = args.optional("chars", Value.None.NONE);
    if (characters instanceof Value.None) {
      return Value.of(Strings.strip(text));
    }
    String set = Strings.text(characters, "trim()").toString();
    return Value.of(Strings.strip(text, true, true, c -> set.indexOf(c) >= 0));
  }

  private static Value replace(Rendering rendering, Value input, Args args) {
    Text from = text(rendering, args.required("old"));
    Text to = text(rendering, args.required("new"));
    Value count = args.optional("count", Value.None.NONE);
    long most = count instanceof Value.None ? -1 : Numbers.integer(count, "replace()");
    return Value.of(Strings.replace(rendering.budget(), text(rendering, input), from, to, most));
  }

  private static Value indent(Rendering rendering, Value input, Args args) {
    Value width = args.optional("width", Value.of(4L));
    boolean first = args.truth("first", false);
    boolean blank = args.truth("blank", false);
    Text indent = indent(rendering, width);
    List<Value> lines = Strings.lines(text(rendering, input).concat(Text.template("\n")), false);
    TextBuilder indented = new TextBuilder();
    for (int i = 0; i < lines.size(); i++) {
      Text line = ((Value.Str) lines.get(i)).text();
      indented.append(i == 0 ? "" : "\n", Provenance.TEMPLATE);
      if (i == 0 ? first : blank || line.length() > 0) {
        indented.append(indent);
      }
      indented.append(line);
      rendering.budget().length(indented.length());
    }
    return Value.of(indented.build());
  }

  private static Text indent(Rendering rendering, Value width) {
    if (width instanceof Value.Str str) {
      return str.text();
    }
    long spaces = Math.max(0, Numbers.integer(width, "indent()"));
    rendering.budget().length(spaces);
    return Text.template(" ".repeat((int) spaces));
  }

  private static Value center(Rendering rendering, Value input, Args args) {
    long width = args.integer("width", 80);
    return Value.of(
        Strings.pad(
            rendering.budget(),
            text(rendering, input),
            width,
            Text.template(" "),
            Strings.Side.PYTHON_CENTER));
  }

  private static Value truncate(Rendering rendering, Value input, Args args) {
    Text text = text(rendering, input);
    int length = (int) Math.max(0, Math.min(text.length(), args.integer("length", 255)));
    boolean killWords = args.truth("killwords", false);
    Text end = args.text("end", "...");
    Value leewayArgument = args.optional("leeway", Value.None.NONE);
    long leeway =
        leewayArgument instanceof Value.None ? 5 : Numbers.integer(leewayArgument, "truncate()");
    int codePoints = text.toString().codePointCount(0, text.length());
    if (codePoints <= length + leeway) {
      return Value.of(text);
    }
    Text cut = Sequences.codePoints(text, 0, Math.max(0, length - end.length()));
    if (!killWords) {
      int space = cut.toString().lastIndexOf(' ');
      cut = space < 0 ? cut : cut.substring(0, space);
    }
    return Value.of(cut.concat(end));
  }

  private static Value format(Rendering rendering, Value input, Args args) {
    List<Value> positional = new ArrayList<>(args.restPositional());
    Map<String, Value> named = args.restNamed();
    Value values = new Value.Items(positional, Value.Items.Kind.TUPLE);
    if (!named.isEmpty()) {
      LinkedHashMap<Value, Value> entries = new LinkedHashMap<>();
      named.forEach((name, value) -> entries.put(Value.ofTemplate(name), value));
      values = Value.dict(entries);
    }
    return Value.of(PrintfFormat.format(rendering, text(rendering, input), values));
  }

  private static Value escape(Rendering rendering, Value input, Args args) {
    return Value.of(
        text(rendering, input)
            .map(
                run ->
                    run.replace("&", "&amp;")
                        .replace(">", "&gt;")
                        .replace("<", "&lt;")
                        .replace("'", "&#39;")
                        .replace("\"", "&#34;")));
  }

  private static Value stripTags(Rendering rendering, Value input, Args args) {
    Text text = text(rendering, input);
    String bare = TAG.matcher(text.toString()).replaceAll("");
    return Value.of(Text.of(String.join(" ", bare.strip().split("\\s+", -1)), text.provenance()));
  }

  private static Value urlEncode(Text text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.toString().getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      boolean kept = (c < 0x80 && Character.isLetterOrDigit(c)) || "_.-~/".indexOf(c) >= 0;
      encoded.append(kept ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return Value.of(Text.of(encoded.toString(), text.provenance()));
  }
}
