package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of Python's str that give strings; what they ask of one is in StringQuestions. */
final class StringMethods {
  private static final Map<String, Method> METHODS = methods();

  private StringMethods() {}

  /** A method of a string. */
  interface Method {
    Value call(Rendering rendering, Value.Str self, Args args);
  }

  static @Nullable Value bound(Value.Str self, String name) {
    Method method = METHODS.get(name);
    return method == null
        ? null
        : new Builtin(name, (rendering, args) -> called(method, rendering, self, args));
  }

  private static Value called(Method method, Rendering rendering, Value.Str self, Args args) {
    rendering.budget().spend(1);
    rendering.budget().reading(self.text().length());
    Value result = method.call(rendering, self, args);
    args.end();
    rendering.budget().made(result);
    return self.markup() ? Markup.marked(result) : result;
  }

  private static Map<String, Method> methods() {
    Map<String, Method> methods = new HashMap<>();
    changes(methods);
    cuts(methods);
    layout(methods);
    parts(methods);
    StringQuestions.addTo(methods);
    for (String bytes : List.of("encode", "translate", "maketrans")) {
      methods.put(
          bytes,
          (rendering, self, args) -> {
            throw new Fault("str." + bytes + "() is not supported.");
          });
    }
    return Map.copyOf(methods);
  }

  private static void changes(Map<String, Method> methods) {
    methods.put(
        "upper", (rendering, self, args) -> of(Strings.upper(rendering.budget(), self.text())));
    methods.put(
        "lower", (rendering, self, args) -> of(Strings.lower(rendering.budget(), self.text())));
    methods.put(
        "casefold", (rendering, self, args) -> of(foldCase(rendering.budget(), self.text())));
    methods.put(
        "title", (rendering, self, args) -> of(Strings.title(rendering.budget(), self.text())));
    methods.put(
        "capitalize",
        (rendering, self, args) -> of(Strings.capitalize(rendering.budget(), self.text())));
    methods.put(
        "swapcase",
        (rendering, self, args) ->
            of(self.text().map(rendering.budget(), StringMethods::swapCase)));
    methods.put("replace", StringMethods::replace);
    methods.put("format", StringMethods::format);
    methods.put("format_map", StringMethods::formatMap);
    methods.put("expandtabs", StringMethods::expandTabs);
  }

  private static Value of(Text text) {
    return Value.of(text);
  }

  /** Folds what Java's lower case leaves apart: U+00DF is ss, and both small sigmas are one. */
  private static Text foldCase(Budget budget, Text text) {
    return text.map(budget, Cases::folded);
  }

  private static String swapCase(String run) {
    StringBuilder swapped = new StringBuilder(run.length());
    run.codePoints()
        .forEach(
            c -> {
              String letter = Character.toString(c);
              swapped.append(
                  Character.isUpperCase(c)
                      ? letter.toLowerCase(Locale.ROOT)
                      : letter.toUpperCase(Locale.ROOT));
            });
    return swapped.toString();
  }

  private static Value replace(Rendering rendering, Value.Str self, Args args) {
    Budget budget = rendering.budget();
    Text old = args.text("old");
    Value replacement = args.required("new");
    Text with = Strings.text(replacement, args.callee());
    long most = args.integer("count", -1);
    return of(
        Strings.replace(
            budget,
            self.text(),
            old,
            self.markup() ? Markup.escaped(replacement, budget) : with,
            most));
  }

  private static Value format(Rendering rendering, Value.Str self, Args args) {
    List<Value> positional = args.restPositional();
    return BraceFormat.format(rendering, self, positional, args.restNamed());
  }

  private static Value formatMap(Rendering rendering, Value.Str self, Args args) {
    if (!(args.required("mapping") instanceof Value.Dict dict)) {
      throw new Fault("format_map() needs a dict.");
    }
    Map<Text, Value> named = new HashMap<>();
    dict.entries()
        .forEach(
            (key, value) -> {
              if (key instanceof Value.Str name) {
                named.put(name.text(), value);
              }
            });
    return BraceFormat.format(rendering, self, List.of(), named);
  }

  private static Value expandTabs(Rendering rendering, Value.Str self, Args args) {
    long size = args.integer("tabsize", 8);
    TextBuilder expanded = new TextBuilder(rendering.budget());
    String chars = self.toString();
    long column = 0;
    for (int i = 0; i < chars.length(); i++) {
      char c = chars.charAt(i);
      if (c == '\t') {
        long spaces = size > 0 ? size - column % size : 0;
        expanded.repeat(Text.of(" ", self.text().provenanceAt(i)), spaces);
        column += spaces;
      } else {
        expanded.append(self.text(), i, i + 1);
        column = c == '\n' || c == '\r' ? 0 : column + (Character.isLowSurrogate(c) ? 0 : 1);
      }
    }
    return of(expanded.build());
  }

  private static void cuts(Map<String, Method> methods) {
    methods.put("strip", (rendering, self, args) -> strip(self.text(), args, true, true));
    methods.put("lstrip", (rendering, self, args) -> strip(self.text(), args, true, false));
    methods.put("rstrip", (rendering, self, args) -> strip(self.text(), args, false, true));
    methods.put("removeprefix", (rendering, self, args) -> withoutPrefix(self.text(), args));
    methods.put("removesuffix", (rendering, self, args) -> withoutSuffix(self.text(), args));
  }

  private static Value strip(Text self, Args args, boolean left, boolean right) {
    Value characters = args.optional("chars", Value.None.NONE);
    return of(Strings.strip(self, left, right, Strings.among(characters, args.callee())));
  }

  private static Value withoutPrefix(Text self, Args args) {
    String prefix = args.text("prefix").toString();
    int start = self.toString().startsWith(prefix) ? prefix.length() : 0;
    return of(self.substring(start, self.length()));
  }

  private static Value withoutSuffix(Text self, Args args) {
    String suffix = args.text("suffix").toString();
    int cut = self.toString().endsWith(suffix) ? suffix.length() : 0;
    return of(self.substring(0, self.length() - cut));
  }

  private static void layout(Map<String, Method> methods) {
    methods.put(
        "center",
        (rendering, self, args) -> pad(rendering, self, args, Strings.Side.PYTHON_CENTER));
    methods.put("ljust", (rendering, self, args) -> pad(rendering, self, args, Strings.Side.LEFT));
    methods.put("rjust", (rendering, self, args) -> pad(rendering, self, args, Strings.Side.RIGHT));
    methods.put("zfill", StringMethods::zeroFill);
  }

  private static Value pad(Rendering rendering, Value.Str self, Args args, Strings.Side side) {
    long width = Numbers.integer(args.required("width"), args.callee());
    Text fill = args.text("fillchar", " ");
    if (fill.toString().codePointCount(0, fill.length()) != 1) {
      throw new Fault(args.callee() + "() needs one character to fill with.");
    }
    Text filler = self.markup() ? Markup.escaped(fill, rendering.budget()) : fill;
    if (filler.length() > 2) {
      throw new Fault(args.callee() + "() cannot fill with a character that is escaped.");
    }
    return of(Strings.pad(rendering.budget(), self.text(), width, filler, side));
  }

  private static Value zeroFill(Rendering rendering, Value.Str self, Args args) {
    long width = Numbers.integer(args.required("width"), args.callee());
    Text text = self.text();
    boolean signed = self.toString().startsWith("-") || self.toString().startsWith("+");
    Text sign = text.substring(0, signed ? 1 : 0);
    Text padded =
        Strings.pad(
            rendering.budget(),
            text.substring(sign.length(), text.length()),
            width - sign.length(),
            Text.template("0"),
            Strings.Side.RIGHT);
    return of(sign.concat(rendering.budget(), padded));
  }

  private static void parts(Map<String, Method> methods) {
    methods.put("split", (rendering, self, args) -> split(rendering, self.text(), args, false));
    methods.put("rsplit", (rendering, self, args) -> split(rendering, self.text(), args, true));
    methods.put(
        "splitlines",
        (rendering, self, args) ->
            Value.list(Strings.lines(self.text(), args.truth("keepends", false))));
    methods.put("partition", (rendering, self, args) -> partition(rendering, self, args, false));
    methods.put("rpartition", (rendering, self, args) -> partition(rendering, self, args, true));
    methods.put("join", StringMethods::join);
  }

  private static Value join(Rendering rendering, Value.Str self, Args args) {
    List<Text> parts = new ArrayList<>();
    for (Value part : Sequences.iterate(args.required("iterable"), rendering.budget())) {
      Text text = self.markup() ? Markup.escaped(part, rendering.budget()) : null;
      parts.add(text != null ? text : Strings.text(part, "join()"));
    }
    return of(Strings.join(rendering.budget(), self.text(), parts));
  }

  private static Value split(Rendering rendering, Text self, Args args, boolean fromRight) {
    Value separator = args.optional("sep", Value.None.NONE);
    long most = args.integer("maxsplit", -1);
    if (separator instanceof Value.None) {
      return Value.list(
          fromRight && most >= 0
              ? Strings.splitAtSpaceFromRight(self, most)
              : Strings.splitAtSpace(self, most));
    }
    String at = Strings.text(separator, args.callee()).toString();
    return Value.list(
        fromRight
            ? Strings.splitFromRight(rendering.budget(), self, at, most)
            : Strings.split(rendering.budget(), self, at, most));
  }

  private static Value partition(Rendering rendering, Value.Str str, Args args, boolean last) {
    Text self = str.text();
    Text separator = args.text("sep");
    List<Value> cut =
        last
            ? Strings.splitFromRight(rendering.budget(), self, separator.toString(), 1)
            : Strings.split(rendering.budget(), self, separator.toString(), 1);
    Value empty = Value.of(Text.EMPTY);
    if (cut.size() == 1) {
      return last ? Value.tuple(empty, empty, cut.get(0)) : Value.tuple(cut.get(0), empty, empty);
    }
    int before = ((Value.Str) cut.get(0)).text().length();
    Text between = self.substring(before, before + separator.length());
    return Value.tuple(cut.get(0), of(between), cut.get(1));
  }
}
