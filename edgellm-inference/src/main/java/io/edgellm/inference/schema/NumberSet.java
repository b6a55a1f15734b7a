package io.edgellm.inference.schema;

import io.edgellm.inference.automaton.Language;
import java.math.BigDecimal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A set of numbers, as the language of all their spellings without an exponent. That language is
 * regular for bounds, multiples and single numbers, so that the sets are closed under everything.
 * It holds a number in all its spellings or in none: else {@code 1.0} were left when {@code 1} is
 * taken away. Negative zero is no spelling.
 *
 * <p>All numbers are told apart, because they may be written with exponents.
 */
final class NumberSet {
  static final NumberSet ALL = new NumberSet(null);
  static final NumberSet NONE = new NumberSet(Decimals.ALL.minus(Decimals.ALL));

  private final @Nullable Language spellings;

  private NumberSet(@Nullable Language spellings) {
    this.spellings = spellings;
  }

  /**
   * @param spellings spellings without exponent, each number in all of them or in none
   */
  static NumberSet of(Language spellings) {
    return spellings.isEmpty() ? NONE : new NumberSet(spellings);
  }

  static NumberSet of(BigDecimal number) {
    return of(Decimals.exactly(number));
  }

  boolean isAll() {
    return spellings == null;
  }

  boolean isEmpty() {
    return spellings != null && spellings.isEmpty();
  }

  boolean contains(BigDecimal number) {
    return spellings == null || spellings.contains(Decimals.text(number));
  }

  /** Returns the spellings without exponent. */
  Language spellings() {
    return spellings == null ? Decimals.ALL : spellings;
  }

  NumberSet union(NumberSet other) {
    if (isEmpty() || other.isAll()) {
      return other;
    }
    if (other.isEmpty() || isAll()) {
      return this;
    }
    return of(spellings().union(other.spellings()));
  }

  NumberSet intersect(NumberSet other) {
    if (isEmpty() || other.isAll()) {
      return this;
    }
    if (other.isEmpty() || isAll()) {
      return other;
    }
    return of(spellings().intersect(other.spellings()));
  }

  NumberSet minus(NumberSet other) {
    if (isEmpty() || other.isEmpty()) {
      return this;
    }
    return other.isAll() ? NONE : of(spellings().minus(other.spellings()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NumberSet that && Objects.equals(spellings, that.spellings);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(spellings);
  }
}
