package io.edgellm.inference.template;

import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's str that ask something of a string: of its characters, of its parts. */
final class StringQuestions {
  private StringQuestions() {}

  static void addTo(Map<String, StringMethods.Method> methods) {
    characters(methods);
    cases(methods);
    methods.put("startswith", (rendering, self, args) -> startsOrEnds(rendering, self, args, true));
    methods.put("endswith", (rendering, self, args) -> startsOrEnds(rendering, self, args, false));
    methods.put("find", (rendering, self, args) -> Value.of(find(rendering, self, args, false)));
    methods.put("rfind", (rendering, self, args) -> Value.of(find(rendering, self, args, true)));
    methods.put(
        "index", (rendering, self, args) -> Value.of(found(find(rendering, self, args, false))));
    methods.put(
        "rindex", (rendering, self, args) -> Value.of(found(find(rendering, self, args, true))));
    methods.put("count", (rendering, self, args) -> Value.of(count(rendering, self, args)));
  }

  private static void characters(Map<String, StringMethods.Method> methods) {
    all(methods, "isdecimal", Character::isDigit);
    all(methods, "isdigit", StringQuestions::isDigit);
    all(methods, "isnumeric", StringQuestions::isNumeric);
    all(methods, "isalpha", Character::isLetter);
    all(methods, "isalnum", c -> Character.isLetter(c) || isNumeric(c));
    all(methods, "isspace", Strings::isSpace);
    methods.put(
        "isascii",
        (rendering, self, args) -> Value.of(self.toString().chars().allMatch(c -> c < 0x80)));
    methods.put(
        "isprintable",
        (rendering, self, args) ->
            Value.of(self.toString().codePoints().allMatch(PythonText::isPrintable)));
    methods.put("isidentifier", (rendering, self, args) -> Value.of(isName(self.toString())));
  }

  private static void all(
      Map<String, StringMethods.Method> methods, String name, IntPredicate predicate) {
    methods.put(
        name,
        (rendering, self, args) ->
            Value.of(self.text().length() > 0 && self.toString().codePoints().allMatch(predicate)));
  }

  /** Digits that are written high or low, or in a circle, are digits too. */
  private static boolean isDigit(int c) {
    return Character.isDigit(c)
        || (Character.getType(c) == Character.OTHER_NUMBER && "\u00B2\u00B3\u00B9".indexOf(c) >= 0)
        || (c >= 0x2070 && c <= 0x2089 && isNumeric(c))
        || (c >= 0x2460 && c <= 0x2468)
        || (c >= 0x2474 && c <= 0x247C)
        || (c >= 0x2488 && c <= 0x2490);
  }

  private static boolean isNumeric(int c) {
    int type = Character.getType(c);
    return type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }

  private static boolean isName(String text) {
    return !text.isEmpty()
        && (text.charAt(0) == '_' || Character.isLetter(text.codePointAt(0)))
        && text.codePoints().allMatch(Words::isNamePart);
  }

  private static void cases(Map<String, StringMethods.Method> methods) {
    methods.put("isupper", (rendering, self, args) -> Value.of(Cases.isUpper(self.toString())));
    methods.put("islower", (rendering, self, args) -> Value.of(Cases.isLower(self.toString())));
    methods.put("istitle", (rendering, self, args) -> Value.of(Cases.isTitle(self.toString())));
  }

  private static Value startsOrEnds(
      Rendering rendering, Value.Str self, Args args, boolean starts) {
    Value affix = args.required("affix");
    String part = range(rendering, self, args);
    boolean several = affix instanceof Value.Items items && items.isTuple();
    List<Value> choices = several ? ((Value.Items) affix).values() : List.of(affix);
    for (Value choice : choices) {
      String text = Strings.text(choice, args.callee()).toString();
      rendering.budget().reading(text.length());
      if (starts ? part.startsWith(text) : part.endsWith(text)) {
        return Value.of(true);
      }
    }
    return Value.of(false);
  }

  private static String range(Rendering rendering, Value.Str self, Args args) {
    Long start = bound(args.optional("start", Value.None.NONE), args);
    Long end = bound(args.optional("end", Value.None.NONE), args);
    return Sequences.slice(self, start, end, null, rendering.budget()).toString();
  }

  private static @Nullable Long bound(Value value, Args args) {
    return value instanceof Value.None ? null : (Long) Numbers.integer(value, args.callee());
  }

  private static long find(Rendering rendering, Value.Str self, Args args, boolean last) {
    String part = args.text("sub").toString();
    Long start = bound(args.optional("start", Value.None.NONE), args);
    Long end = bound(args.optional("end", Value.None.NONE), args);
    String chars = self.toString();
    int length = chars.codePointCount(0, chars.length());
    long from = start == null ? 0 : start < 0 ? Math.max(0, start + length) : start;
    if (from > length) {
      return -1;
    }
    String range = Sequences.slice(self, from, end, null, rendering.budget()).toString();
    long to = end == null ? length : end < 0 ? end + length : Math.min(end, length);
    if (to < from) {
      return -1;
    }
    int at =
        last
            ? Search.backwards(part, rendering.budget()).lastUntil(range, range.length())
            : Search.forwards(part, rendering.budget()).firstFrom(range, 0);
    return at < 0 ? -1 : from + range.codePointCount(0, at);
  }

  private static long found(long index) {
    if (index < 0) {
      throw new Fault("The string does not hold the part.");
    }
    return index;
  }

  private static long count(Rendering rendering, Value.Str self, Args args) {
    String part = args.text("sub").toString();
    String chars = range(rendering, self, args);
    if (part.isEmpty()) {
      return chars.codePointCount(0, chars.length()) + 1L;
    }
    Search search = Search.forwards(part, rendering.budget());
    long count = 0;
    for (int at = search.firstFrom(chars, 0); at >= 0; count++) {
      at = search.firstFrom(chars, at + part.length());
    }
    return count;
  }
}
