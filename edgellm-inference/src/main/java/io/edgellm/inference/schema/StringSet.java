package io.edgellm.inference.schema;

import io.edgellm.inference.automaton.Language;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A set of strings: a language, and the most characters of a string. The two are kept apart because
 * an automaton that counts to the bound is only made where the strings are written, or where sets
 * are joined or taken away. All strings are told apart from a language that happens to be all of
 * them, because they may be written with any escapes, while a language is written in one spelling.
 */
final class StringSet {
  static final StringSet ALL = new StringSet(null, Integer.MAX_VALUE);
  static final StringSet NONE = new StringSet(Language.none(), Integer.MAX_VALUE);

  /** Shorter bounds are kept exactly; of longer strings those up to here are written. */
  private static final int LONGEST_WRITTEN = 4_000;

  private final @Nullable Language language;
  private final int longest;

  private StringSet(@Nullable Language language, int longest) {
    this.language = language;
    this.longest = longest;
  }

  static StringSet of(Language language) {
    return language.isEmpty() ? NONE : new StringSet(language, Integer.MAX_VALUE);
  }

  static StringSet upTo(int characters) {
    return new StringSet(null, characters);
  }

  boolean isAll() {
    return language == null && longest == Integer.MAX_VALUE;
  }

  boolean isEmpty() {
    return language != null && language.isEmpty();
  }

  boolean contains(String text) {
    return (language == null || language.contains(text))
        && text.codePointCount(0, text.length()) <= longest;
  }

  /** Returns the strings that are written, or nothing if these are all there are. */
  Optional<Language> written() {
    if (isAll()) {
      return Optional.empty();
    }
    return Optional.of(
        longest == Integer.MAX_VALUE
            ? anyLength()
            : bounded(Math.min(longest, Math.max(LONGEST_WRITTEN, shortest(anyLength())))));
  }

  StringSet union(StringSet other) {
    if (isEmpty() || other.isAll()) {
      return other;
    }
    if (other.isEmpty() || isAll()) {
      return this;
    }
    return of(exactly().union(other.exactly()));
  }

  StringSet intersect(StringSet other) {
    if (isEmpty() || other.isAll()) {
      return this;
    }
    if (other.isEmpty() || isAll()) {
      return other;
    }
    Language both = both(language, other.language);
    int bound = Math.min(longest, other.longest);
    boolean none = both != null && shortest(both) > bound;
    return none ? NONE : new StringSet(both, bound);
  }

  private static @Nullable Language both(@Nullable Language one, @Nullable Language other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.intersect(other);
  }

  /** Returns how many states its automaton has; 0 where none was made. */
  int states() {
    return language == null ? 0 : language.states();
  }

  private static int shortest(Language language) {
    return language
        .shortest()
        .map(text -> text.codePointCount(0, text.length()))
        .orElse(Integer.MAX_VALUE);
  }

  StringSet minus(StringSet other) {
    if (isEmpty() || other.isEmpty()) {
      return this;
    }
    return other.isAll() ? NONE : of(exactly().minus(other.exactly()));
  }

  private Language exactly() {
    return longest == Integer.MAX_VALUE ? anyLength() : bounded(longest);
  }

  private Language bounded(int characters) {
    return language == null
        ? Language.characters(0, characters)
        : language.intersect(Language.characters(0, characters));
  }

  private Language anyLength() {
    return language == null ? Language.anything() : language;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StringSet that
        && longest == that.longest
        && Objects.equals(language, that.language);
  }

  @Override
  public int hashCode() {
    return 31 * longest + Objects.hashCode(language);
  }
}
