package io.edgellm.inference.template;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/** Filters that give strings; the provenance of what goes in stays on what comes out. */
final class TextFilters {
  private TextFilters() {}

  static void addTo(Map<String, Filter> filters) {
    filters.put("string", (rendering, input, args) -> soft(rendering, input));
    filters.put("safe", (rendering, input, args) -> Markup.of(text(rendering, input)));
    filters.put("escape", TextFilters::escape);
    filters.put("e", TextFilters::escape);
    filters.put("forceescape", TextFilters::forceEscape);
    change(filters, "upper", Strings::upper);
    change(filters, "lower", Strings::lower);
    change(filters, "capitalize", Strings::capitalize);
    filters.put("title", (rendering, input, args) -> title(rendering, text(rendering, input)));
    filters.put("trim", TextFilters::trim);
    filters.put("replace", TextFilters::replace);
    filters.put("indent", TextFilters::indent);
    filters.put("center", TextFilters::center);
    filters.put("truncate", TextFilters::truncate);
    filters.put("format", TextFilters::format);
    filters.put("striptags", TextFilters::stripTags);
    filters.put("urlencode", (rendering, input, args) -> UrlText.encoded(rendering, input));
    filters.put("pprint", (rendering, input, args) -> prettyPrinted(rendering, input));
    filters.put("wordcount", (rendering, input, args) -> words(text(rendering, input)));
  }

  /** Changes of a string that leave markup what it is. */
  private static void change(
      Map<String, Filter> filters, String name, BiFunction<Budget, Text, Text> change) {
    filters.put(
        name,
        (rendering, input, args) ->
            new Value.Str(
                change.apply(rendering.budget(), text(rendering, input)), Markup.is(input)));
  }

  /** The value if it is a string, else the text of it. */
  private static Value soft(Rendering rendering, Value input) {
    return input instanceof Value.Str ? input : Value.of(text(rendering, input));
  }

  private static Text text(Rendering rendering, Value input) {
    Text text = PythonText.str(input, rendering.budget());
    rendering.budget().reading(text.length());
    return text;
  }

  /** Unlike {@code str.title}, words begin after white space, hyphens and brackets only. */
  private static Value title(Rendering rendering, Text text) {
    boolean[] atStart = {true};
    return Value.of(text.map(rendering.budget(), run -> titled(run, atStart)));
  }

  private static String titled(String run, boolean[] atStart) {
    StringBuilder titled = new StringBuilder(run.length());
    run.codePoints()
        .forEach(
            c -> {
              String letter = Character.toString(c);
              titled.append(
                  atStart[0] ? letter.toUpperCase(Locale.ROOT) : letter.toLowerCase(Locale.ROOT));
              atStart[0] = Strings.isSpace(c) || "-({[<".indexOf(c) >= 0;
            });
    return titled.toString();
  }

  private static Value trim(Rendering rendering, Value input, Args args) {
    Value characters = args.optional("chars", Value.None.NONE);
    Text text = text(rendering, input);
    return new Value.Str(
        Strings.strip(text, true, true, Strings.among(characters, "trim()")), Markup.is(input));
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
    Text text = Strings.text(input, "indent()");
    Budget budget = rendering.budget();
    Text indent = indent(rendering, width);
    Text lineEnd = Text.of("\n", text.provenance());
    List<Value> lines = Strings.lines(text.concat(budget, Text.template("\n")), false);
    budget.made(Value.list(lines));
    TextBuilder indented = new TextBuilder(budget);
    for (int i = 0; i < lines.size(); i++) {
      Text line = ((Value.Str) lines.get(i)).text();
      indented.append(i == 0 ? Text.EMPTY : lineEnd);
      if (i == 0 ? first : blank || line.length() > 0) {
        indented.append(indent);
      }
      indented.append(line);
    }
    return new Value.Str(indented.build(), Markup.is(input));
  }

  private static Text indent(Rendering rendering, Value width) {
    if (width instanceof Value.Str str) {
      return str.text();
    }
    long spaces = Numbers.integer(width, "indent()");
    return new TextBuilder(rendering.budget()).repeat(Text.template(" "), spaces).build();
  }

  private static Value center(Rendering rendering, Value input, Args args) {
    long width = args.integer("width", 80);
    return new Value.Str(
        Strings.pad(
            rendering.budget(),
            text(rendering, input),
            width,
            Text.template(" "),
            Strings.Side.PYTHON_CENTER),
        Markup.is(input));
  }

  private static Value truncate(Rendering rendering, Value input, Args args) {
    long length = args.integer("length", 255);
    boolean killWords = args.truth("killwords", false);
    Value endArgument = args.optional("end", Value.ofTemplate("..."));
    Text end = Strings.text(endArgument, "truncate()");
    Value leewayArgument = args.optional("leeway", Value.None.NONE);
    long leeway =
        leewayArgument instanceof Value.None ? 5 : Numbers.integer(leewayArgument, "truncate()");
    int endLength = Sequences.length(endArgument);
    if (length < endLength || leeway < 0) {
      throw new Fault("truncate() needs a length of at least " + endLength + " and no leeway < 0.");
    }
    int codePoints = Sequences.length(input);
    if (codePoints <= Math.min(length, codePoints) + leeway) {
      return input;
    }
    Text text = Strings.text(input, "truncate()");
    Text cut = Sequences.codePoints(text, 0, (int) length - endLength);
    if (!killWords) {
      int space = cut.toString().lastIndexOf(' ');
      cut = space < 0 ? cut : cut.substring(0, space);
    }
    return Value.of(cut.concat(rendering.budget(), end));
  }

  private static Value format(Rendering rendering, Value input, Args args) {
    List<Value> positional = List.copyOf(args.restPositional());
    Map<Text, Value> named = args.restNamed();
    if (!positional.isEmpty() && !named.isEmpty()) {
      throw new Fault("format() takes values by place or by name, not both.");
    }
    Value values = new Value.Items(positional, Value.Items.Kind.TUPLE);
    if (!named.isEmpty()) {
      Entries entries = new Entries(rendering.budget());
      named.forEach((name, value) -> entries.put(Value.of(name), value));
      values = entries.dict();
    }
    return Operators.apply(rendering, Expression.Operator.MODULO, soft(rendering, input), values);
  }

  private static Value escape(Rendering rendering, Value input, Args args) {
    return Markup.of(Markup.escaped(input, rendering.budget()));
  }

  private static Value forceEscape(Rendering rendering, Value input, Args args) {
    return Markup.of(Markup.escaped(text(rendering, input), rendering.budget()));
  }

  private static Value stripTags(Rendering rendering, Value input, Args args) {
    Text text = text(rendering, input);
    return Value.of(Text.of(Tags.stripped(text.toString()), text.provenance()));
  }

  /** What fits into a line is printed like any value, but with the keys of dicts in order. */
  private static Value prettyPrinted(Rendering rendering, Value input) {
    Text printed = PythonText.repr(Ordered.keys(input, rendering), rendering.budget());
    if (printed.length() > 80 && !Numbers.isNumber(input)) {
      throw new Fault("pprint() is supported for what fits into a line of 80 characters.");
    }
    return Value.of(printed);
  }

  private static Value words(Text text) {
    long words = 0;
    boolean inWord = false;
    for (int c : text.toString().codePoints().toArray()) {
      boolean belongs = Words.isNamePart(c) || Character.getType(c) == Character.OTHER_NUMBER;
      words += belongs && !inWord ? 1 : 0;
      inWord = belongs;
    }
    return Value.of(words);
  }
}
