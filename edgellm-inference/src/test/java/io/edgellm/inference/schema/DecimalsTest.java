package io.edgellm.inference.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.automaton.Language;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Languages of numbers, compared with arithmetic. */
final class DecimalsTest {
  private static final long SEED = 20261122;

  @Test
  void comparesSpellingsAsArithmeticComparesNumbers() {
    Random random = new Random(SEED);
    for (int round = 0; round < 200; round++) {
      BigDecimal limit = number(random);
      Language greater = Decimals.greaterThan(limit);
      Language less = Decimals.lessThan(limit);
      Language same = Decimals.exactly(limit);
      for (int i = 0; i < 50; i++) {
        BigDecimal number = i == 0 ? limit : number(random);
        String text = spelling(number, random);
        String which = "seed " + SEED + ": " + text + " and " + limit;
        assertThat(greater.contains(text)).as(which).isEqualTo(number.compareTo(limit) > 0);
        assertThat(less.contains(text)).as(which).isEqualTo(number.compareTo(limit) < 0);
        assertThat(same.contains(text)).as(which).isEqualTo(number.compareTo(limit) == 0);
      }
    }
  }

  @Test
  void dividesSpellingsAsArithmeticDividesNumbers() {
    Random random = new Random(SEED);
    for (String step : new String[] {"1", "7", "12", "0.1", "0.01", "0.25", "2.5", "100", "1200"}) {
      Language multiples = Multiples.of(new BigDecimal(step)).orElseThrow();
      for (int i = 0; i < 300; i++) {
        BigDecimal number = number(random);
        if (random.nextBoolean()) {
          number = new BigDecimal(step).multiply(BigDecimal.valueOf(random.nextInt(400) - 200));
        }
        String text = spelling(number, random);
        boolean divides = number.remainder(new BigDecimal(step)).signum() == 0;
        assertThat(multiples.contains(text))
            .as("seed " + SEED + ": " + text + " and " + step)
            .isEqualTo(divides);
      }
    }
  }

  @Test
  void knowsNoNumberOfTwoSpellingsOfTheWholePart() {
    for (String text : new String[] {"", "-", "01", "00", "-0", "-0.0", "1.", ".5", "+1", "1e1"}) {
      assertThat(Decimals.ALL.contains(text)).as(text).isFalse();
      assertThat(Decimals.greaterThan(new BigDecimal("-5")).contains(text)).as(text).isFalse();
      assertThat(Decimals.lessThan(new BigDecimal("5")).contains(text)).as(text).isFalse();
    }
  }

  @Test
  void refusesToDivideByAStepOfManyDigits() {
    assertThat(Multiples.of(new BigDecimal("123456789"))).isEmpty();
    assertThat(Multiples.of(new BigDecimal("0.0001220703125"))).isEmpty();
  }

  private static BigDecimal number(Random random) {
    int digits = 1 + random.nextInt(4);
    int unscaled = random.nextInt((int) Math.pow(10, digits)) * (random.nextBoolean() ? 1 : -1);
    return BigDecimal.valueOf(unscaled, random.nextInt(4));
  }

  /** Some zeros at the end change nothing. */
  private static String spelling(BigDecimal number, Random random) {
    String text = Decimals.text(number);
    int zeros = random.nextInt(3);
    if (zeros == 0) {
      return text;
    }
    return text + (text.contains(".") ? "" : ".") + "0".repeat(zeros);
  }
}
