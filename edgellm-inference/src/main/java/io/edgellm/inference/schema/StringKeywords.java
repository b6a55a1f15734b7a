package io.edgellm.inference.schema;

import io.edgellm.inference.automaton.Formats;
import io.edgellm.inference.automaton.IllegalPatternException;
import io.edgellm.inference.automaton.Language;
import java.util.Set;

/** Reads {@code minLength}, {@code maxLength}, {@code pattern} and {@code format}. */
final class StringKeywords {
  static final Set<String> NAMES = Set.of("minLength", "maxLength", "pattern", "format");

  private StringKeywords() {}

  static ValueSet read(SchemaNode node, String keyword) {
    Fields fields = new Fields(node);
    return switch (keyword) {
      case "minLength" -> atLeast(fields, fields.count(keyword).orElseThrow());
      case "maxLength" ->
          ValueSet.ALL.withStrings(StringSet.upTo(fields.count(keyword).orElseThrow()));
      case "pattern" ->
          ValueSet.ALL.withStrings(pattern(fields, keyword, fields.text(keyword).orElseThrow()));
      default -> format(fields, fields.text(keyword).orElseThrow());
    };
  }

  private static ValueSet atLeast(Fields fields, int characters) {
    if (characters == 0) {
      return ValueSet.ALL;
    }
    try {
      return ValueSet.ALL.withStrings(StringSet.of(Language.characters(characters, -1)));
    } catch (IllegalPatternException e) {
      throw fields.refusal("minLength", String.valueOf(e.getMessage()));
    }
  }

  /** Returns the strings in which a pattern is found. */
  static StringSet pattern(Fields fields, String keyword, String pattern) {
    try {
      return StringSet.of(Language.pattern(pattern));
    } catch (IllegalPatternException e) {
      throw fields.refusal(keyword, String.valueOf(e.getMessage()));
    }
  }

  /** The formats of numbers are those of OpenAPI. */
  private static ValueSet format(Fields fields, String name) {
    return switch (name) {
      case "int32" ->
          ValueSet.ALL.withNumbers(NumberKeywords.between(Integer.MIN_VALUE, Integer.MAX_VALUE));
      case "int64" ->
          ValueSet.ALL.withNumbers(NumberKeywords.between(Long.MIN_VALUE, Long.MAX_VALUE));
      case "float", "double" -> ValueSet.ALL;
      default -> ValueSet.ALL.withStrings(StringSet.of(language(fields, name)));
    };
  }

  private static Language language(Fields fields, String format) {
    return Formats.named(format)
        .orElseThrow(
            () ->
                fields.refusal(
                    "format",
                    "\"" + format + "\" is not known; leave it out, or say it as a pattern."));
  }
}
