package io.edgellm.inference.schema;

import io.edgellm.inference.automaton.Language;

/**
 * Chooses among the spellings of numbers those that are written: of a bounded length, because a
 * model that counts digits for ever never ends its answer.
 */
final class NumberSpelling {
  /** No limit of a schema has more digits. */
  private static final int MOST_DIGITS = 128;

  private static final Language WITHOUT_TRAILING_ZEROS =
      Decimals.WITHOUT_FRACTION.union(Language.regex("-?[0-9]+\\.[0-9]*[1-9]"));

  private NumberSpelling() {}

  /**
   * Whole numbers are written without a fraction if the set has no others, and each number in one
   * way if there are finitely many; else a fraction may end in zeros, as people write prices.
   *
   * @param numbers a set that is not empty
   */
  static Language of(NumberSet numbers) {
    Language all = numbers.spellings();
    Language whole = all.intersect(Decimals.WITHOUT_FRACTION);
    if (all.minus(Decimals.WHOLE).isEmpty()) {
      return bounded(whole, whole);
    }
    Language shortest = all.intersect(WITHOUT_TRAILING_ZEROS);
    return bounded(isFinite(shortest) ? shortest : all, whole);
  }

  private static boolean isFinite(Language language) {
    return language.longest() >= 0;
  }

  private static Language bounded(Language spellings, Language whole) {
    if (isFinite(spellings)) {
      return spellings;
    }
    int digits = Math.max(JsonSyntax.WHOLE_DIGITS, Math.min(MOST_DIGITS, whole.longest()));
    Language usual = spellings.intersect(Decimals.withDigits(digits, JsonSyntax.FRACTION_DIGITS));
    return usual.isEmpty()
        ? spellings.intersect(Decimals.withDigits(MOST_DIGITS, MOST_DIGITS))
        : usual;
  }
}
