package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's str. */
final class StringMethods {
  private static final Map<String, Method> METHODS = methods();

  private StringMethods() {}

  private interface Method {
    Value call(Rendering rendering, Text self, Args args);
  }

  static @Nullable Value bound(Text self, String name) {
    Method method = METHODS.get(name);
    return method == null
        ? null
        : new Builtin(
            name,
            (rendering, args) -> {
              rendering.budget().spend(1 + (self.length() >> 6));
              Value result = method.call(rendering, self, args);
              args.end();
              return result;
            });
  }

  private static Map<String, Method> methods() {
    Map<String, Method> methods = new HashMap<>();
    changes(methods);
    questions(methods);
    searches(methods);
    parts(methods);
    return Map.copyOf(methods);
  }

  private static void changes(Map<String, Method> methods) {
    methods.put("upper", (rendering, self, args) -> Value.of(Strings.upper(self)));
    methods.put("lower", (rendering, self, args) -> Value.of(Strings.lower(self)));
    methods.put("casefold", (rendering, self, args) -> Value.of(Strings.lower(self)));
    methods.put("title", (rendering, self, args) -> Value.of(Strings.title(self)));
    methods.put("capitalize", (rendering, self, args) -> Value.of(Strings.capitalize(self)));
    methods.put("swapcase", (rendering, self, args) -> Value.of(self.map(StringMethods::swapCase)));
    methods.put("strip", (rendering, self, args) -> strip(self, args, true, true));
    methods.put("lstrip", (rendering, self, args) -> strip(self, args, true, false));
    methods.put("rstrip", (rendering, self, args) -> strip(self, args, false, true));
    methods.put("removeprefix", (rendering, self, args) -> withoutPrefix(self, args));
    methods.put("removesuffix", (rendering, self, args) -> withoutSuffix(self, args));
    methods.put(
        "replace",
        (rendering, self, args) ->
            Value.of(
                Strings.replace(
                    rendering.budget(),
                    self,
                    args.text("old"),
                    args.text("new"),
                    args.integer("count", -1))));
    methods.put("format", (rendering, self, args) -> BraceFormat.format(rendering, self, args));
    methods.put(
        "center",
        (rendering, self, args) -> pad(rendering, self, args, Strings.Side.PYTHON_CENTER));
    methods.put("ljust", (rendering, self, args) -> pad(rendering, self, args, Strings.Side.LEFT));
    methods.put("rjust", (rendering, self, args) -> pad(rendering, self, args, Strings.Side.RIGHT));
    methods.put("zfill", StringMethods::zeroFill);
  }

  private static void questions(Map<String, Method> methods) {
    methods.put("isdigit", (rendering, self, args) -> all(self, Character::isDigit));
    methods.put("isdecimal", (rendering, self, args) -> all(self, Character::isDigit));
    methods.put("isnumeric", (rendering, self, args) -> all(self, StringMethods::isNumeric));
    methods.put("isalpha", (rendering, self, args) -> all(self, Character::isLetter));
    methods.put(
        "isalnum",
        (rendering, self, args) -> all(self, c -> Character.isLetter(c) || isNumeric(c)));
    methods.put("isspace", (rendering, self, args) -> all(self, Strings::isSpace));
    methods.put(
        "isascii",
        (rendering, self, args) -> Value.of(self.toString().chars().allMatch(c -> c < 0x80)));
    methods.put("isupper", (rendering, self, args) -> Value.of(Cases.isUpper(self.toString())));
    methods.put("islower", (rendering, self, args) -> Value.of(Cases.isLower(self.toString())));
    methods.put("startswith", (rendering, self, args) -> Value.of(startsOrEnds(self, args, true)));
    methods.put("endswith", (rendering, self, args) -> Value.of(startsOrEnds(self, args, false)));
  }

  private static void searches(Map<String, Method> methods) {
    methods.put("find", (rendering, self, args) -> Value.of(find(self, args, false)));
    methods.put("rfind", (rendering, self, args) -> Value.of(find(self, args, true)));
    methods.put("index", (rendering, self, args) -> Value.of(found(find(self, args, false))));
    methods.put("rindex", (rendering, self, args) -> Value.of(found(find(self, args, true))));
    methods.put("count", (rendering, self, args) -> Value.of(count(self, args)));
  }

  private static void parts(Map<String, Method> methods) {
    methods.put("split", (rendering, self, args) -> split(self, args, false));
    methods.put("rsplit", (rendering, self, args) -> split(self, args, true));
    methods.put(
        "splitlines",
        (rendering, self, args) -> Value.list(Strings.lines(self, args.truth("keepends", false))));
    methods.put("partition", (rendering, self, args) -> partition(self, args, false));
    methods.put("rpartition", (rendering, self, args) -> partition(self, args, true));
    methods.put(
        "join",
        (rendering, self, args) -> {
          List<Text> parts = new ArrayList<>();
          for (Value part : Sequences.iterate(args.required("iterable"))) {
            parts.add(Strings.text(part, "join()"));
          }
          return Value.of(Strings.join(rendering.budget(), self, parts));
        });
  }

  private static Value strip(Text self, Args args, boolean left, boolean right) {
    Value characters = args.optional("chars", Value.None.NONE);
    IntPredicate stripped = Strings::isSpace;
    if (!(characters instanceof Value.None)) {
      String set = Strings.text(characters, args.callee()).toString();
      stripped = c -> set.indexOf(c) >= 0;
    }
    return Value.of(Strings.strip(self, left, right, stripped));
  }

  private static Value withoutPrefix(Text self, Args args) {
    String prefix = args.text("prefix").toString();
    int start = self.toString().startsWith(prefix) ? prefix.length() : 0;
    return Value.of(self.substring(start, self.length()));
  }

  private static Value withoutSuffix(Text self, Args args) {
    String suffix = args.text("suffix").toString();
    int cut = self.toString().endsWith(suffix) ? suffix.length() : 0;
    return Value.of(self.substring(0, self.length() - cut));
  }

  private static Value pad(Rendering rendering, Text self, Args args, Strings.Side side) {
    long width = Numbers.integer(args.required("width"), args.callee());
    return Value.of(Strings.pad(rendering.budget(), self, width, args.text("fillchar", " "), side));
  }

  private static Value zeroFill(Rendering rendering, Text self, Args args) {
    long width = Numbers.integer(args.required("width"), args.callee());
    boolean signed = self.toString().startsWith("-") || self.toString().startsWith("+");
    Text sign = self.substring(0, signed ? 1 : 0);
    Text digits = self.substring(signed ? 1 : 0, self.length());
    Text padded =
        Strings.pad(
            rendering.budget(),
            digits,
            width - sign.length(),
            Text.template("0"),
            Strings.Side.RIGHT);
    return Value.of(sign.concat(padded));
  }

  private static Value all(Text self, IntPredicate predicate) {
    return Value.of(self.length() > 0 && self.toString().codePoints().allMatch(predicate));
  }

  private static boolean isNumeric(int c) {
    int type = Character.getType(c);
    return type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }

  private static String swapCase(String run) {
    StringBuilder swapped = new StringBuilder(run.length());
    run.codePoints()
        .map(c -> Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c))
        .forEach(swapped::appendCodePoint);
    return swapped.toString();
  }

  private static boolean startsOrEnds(Text self, Args args, boolean starts) {
    Value affix = args.required("affix");
    String part = range(self, args).toString();
    List<Value> choices = affix instanceof Value.Items items ? items.values() : List.of(affix);
    for (Value choice : choices) {
      String text = Strings.text(choice, args.callee()).toString();
      if (starts ? part.startsWith(text) : part.endsWith(text)) {
        return true;
      }
    }
    return false;
  }

  private static Text range(Text self, Args args) {
    Value start = args.optional("start", Value.None.NONE);
    Value end = args.optional("end", Value.None.NONE);
    Value cut =
        Sequences.slice(
            Value.of(self), Numbers.integerOrNull(start), Numbers.integerOrNull(end), null);
    return ((Value.Str) cut).text();
  }

  private static long find(Text self, Args args, boolean last) {
    String part = args.text("sub").toString();
    Value start = args.optional("start", Value.of(0L));
    Value end = args.optional("end", Value.None.NONE);
    Long from = Numbers.integerOrNull(start);
    String range =
        Sequences.slice(Value.of(self), from, Numbers.integerOrNull(end), null).toString();
    int at = last ? range.lastIndexOf(part) : range.indexOf(part);
    if (at < 0) {
      return -1;
    }
    long shift = from == null ? 0 : from < 0 ? Math.max(0, from + self.length()) : from;
    return shift + range.codePointCount(0, at);
  }

  private static long found(long index) {
    if (index < 0) {
      throw new Fault("substring not found");
    }
    return index;
  }

  private static long count(Text self, Args args) {
    String part = args.text("sub").toString();
    String chars = range(self, args).toString();
    if (part.isEmpty()) {
      return chars.codePointCount(0, chars.length()) + 1L;
    }
    long count = 0;
    for (int at = chars.indexOf(part); at >= 0; at = chars.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  private static Value split(Text self, Args args, boolean fromRight) {
    Value separator = args.optional("sep", Value.None.NONE);
    long most = args.integer("maxsplit", -1);
    if (separator instanceof Value.None) {
      return Value.list(
          fromRight && most >= 0 ? rightAtSpace(self, most) : Strings.splitAtSpace(self, most));
    }
    String at = Strings.text(separator, args.callee()).toString();
    return Value.list(
        fromRight ? Strings.splitFromRight(self, at, most) : Strings.split(self, at, most));
  }

  private static List<Value> rightAtSpace(Text self, long most) {
    List<Value> parts = new ArrayList<>();
    Text rest = Strings.strip(self);
    while (rest.length() > 0 && parts.size() < most) {
      String chars = rest.toString();
      int start = chars.length();
      while (start > 0 && !PythonSpace.is(chars.charAt(start - 1))) {
        start--;
      }
      parts.add(0, Value.of(rest.substring(start, chars.length())));
      rest = Strings.strip(rest.substring(0, start));
    }
    if (rest.length() > 0) {
      parts.add(0, Value.of(rest));
    }
    return parts;
  }

  private static Value partition(Text self, Args args, boolean last) {
    Text separator = args.text("sep");
    String chars = self.toString();
    int at = last ? chars.lastIndexOf(separator.toString()) : chars.indexOf(separator.toString());
    if (at < 0) {
      Value empty = Value.of(Text.EMPTY);
      return last
          ? Value.tuple(empty, empty, Value.of(self))
          : Value.tuple(Value.of(self), empty, empty);
    }
    int end = at + separator.length();
    return Value.tuple(
        Value.of(self.substring(0, at)),
        Value.of(self.substring(at, end)),
        Value.of(self.substring(end, self.length())));
  }
}
