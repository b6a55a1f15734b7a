package io.edgellm.inference.automaton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class NumberRangeTest {
  private static final long SEED = 20_260_304;
  private static final Pattern CANONICAL = Pattern.compile("-?(0|[1-9][0-9]*)([.][0-9]+)?");

  @Test
  void everySmallRangeOfIntegersIsExact() {
    for (int least = -25; least <= 25; least += 3) {
      for (int most = least - 2; most <= 130; most += 7) {
        Language language = range(least, most).integers();
        for (int value = -150; value <= 150; value++) {
          assertThat(language.contains(Integer.toString(value)))
              .as("%d in %d to %d", value, least, most)
              .isEqualTo(value >= least && value <= most);
        }
      }
    }
  }

  private static NumberRange range(int least, int most) {
    return NumberRange.all().atLeast(BigDecimal.valueOf(least)).atMost(BigDecimal.valueOf(most));
  }

  @Test
  void integersHaveOneSpelling() {
    Language integers = NumberRange.all().integers();
    assertThat(List.of("0", "-1", "10", "123456789012345678901234567890"))
        .allMatch(integers::contains);
    assertThat(List.of("", "-", "-0", "00", "01", "-01", "+1", "1.", "1.0", "1e3", " 1", "1 "))
        .noneMatch(integers::contains);
  }

  @Test
  void randomRangesOfLargeIntegersAreExact() {
    Random random = new Random(SEED);
    for (int i = 0; i < 100; i++) {
      BigInteger a = large(random);
      BigInteger b = large(random);
      Language language =
          NumberRange.all().atLeast(new BigDecimal(a)).below(new BigDecimal(b)).integers();
      for (int j = 0; j < 20; j++) {
        BigInteger value = near(random, random.nextBoolean() ? a : b);
        assertThat(language.contains(value.toString()))
            .as("seed %d: %s in %s to %s", SEED, value, a, b)
            .isEqualTo(value.compareTo(a) >= 0 && value.compareTo(b) < 0);
      }
    }
  }

  private static BigInteger large(Random random) {
    BigInteger value = new BigInteger(random.nextInt(140), random);
    return random.nextBoolean() ? value : value.negate();
  }

  private static BigInteger near(Random random, BigInteger value) {
    int shift = random.nextInt(value.bitLength() + 1);
    return value.add(
        BigInteger.ONE.shiftLeft(shift).multiply(BigInteger.valueOf(random.nextInt(5) - 2)));
  }

  @Test
  void randomRangesOfDecimalsAreExact() {
    Random random = new Random(SEED);
    for (int i = 0; i < 200; i++) {
      BigDecimal a = decimal(random);
      BigDecimal b = decimal(random);
      int digits = random.nextInt(4);
      boolean open = random.nextBoolean();
      NumberRange from = open ? NumberRange.all().above(a) : NumberRange.all().atLeast(a);
      Language language = (open ? from.below(b) : from.atMost(b)).decimals(digits);
      for (int j = 0; j < 40; j++) {
        String text = spelling(random, random.nextBoolean() ? a : b);
        assertThat(language.contains(text))
            .as("seed %d: %s in %s to %s, open %s, %d digits", SEED, text, a, b, open, digits)
            .isEqualTo(isInside(text, a, b, open, digits));
      }
    }
  }

  private static boolean isInside(
      String text, BigDecimal a, BigDecimal b, boolean open, int digits) {
    if (!CANONICAL.matcher(text).matches()) {
      return false;
    }
    BigDecimal value = new BigDecimal(text);
    boolean inside = value.compareTo(a) >= 0 && value.compareTo(b) <= 0;
    boolean atEnd = value.compareTo(a) == 0 || value.compareTo(b) == 0;
    boolean minusZero = text.startsWith("-") && value.signum() == 0;
    return value.scale() <= digits && inside && !(open && atEnd) && !minusZero;
  }

  private static BigDecimal decimal(Random random) {
    return BigDecimal.valueOf(random.nextInt(4001) - 2000, random.nextInt(5));
  }

  private static String spelling(Random random, BigDecimal near) {
    BigDecimal value = near.add(BigDecimal.valueOf(random.nextInt(5) - 2, random.nextInt(4)));
    int more = random.nextInt(3);
    String text = value.setScale(value.scale() + (value.scale() == 0 ? 0 : more)).toPlainString();
    return switch (random.nextInt(12)) {
      case 0 -> "0" + text;
      case 1 -> "-" + text.replace("-", "");
      default -> text;
    };
  }

  @Test
  void fractionsMayEndWithZeros() {
    Language prices = NumberRange.all().atLeast(BigDecimal.ZERO).decimals(2);
    assertThat(List.of("19.90", "19.9", "19", "0.00", "0")).allMatch(prices::contains);
    assertThat(List.of("19.", ".5", "19.900", "-0.00", "-1", "007")).noneMatch(prices::contains);
  }

  @Test
  void contradictoryBoundsLeaveNothing() {
    assertThat(range(5, 4).integers().isEmpty()).isTrue();
    assertThat(NumberRange.all().above(BigDecimal.ONE).below(BigDecimal.ONE).decimals(3).isEmpty())
        .isTrue();
    assertThat(
            NumberRange.all().above(new BigDecimal("0.1")).below(new BigDecimal("0.9")).integers())
        .isEqualTo(Language.none());
  }

  @Test
  void theStricterBoundCounts() {
    BigDecimal one = BigDecimal.ONE;
    NumberRange both = NumberRange.all().above(one).atLeast(one).atLeast(BigDecimal.ZERO);
    assertThat(both.integers()).isEqualTo(NumberRange.all().atLeast(new BigDecimal(2)).integers());
  }

  @Test
  void multiplesAreExact() {
    Random random = new Random(SEED);
    for (String step : List.of("1", "2", "7", "25", "1000", "0.5", "0.25", "0.01", "1.5", "30")) {
      BigDecimal divisor = new BigDecimal(step);
      Language language = range(-2000, 3000).multiplesOf(divisor);
      for (int i = 0; i < 400; i++) {
        BigDecimal value = BigDecimal.valueOf(random.nextInt(8000) - 4000, random.nextInt(4));
        value = random.nextBoolean() ? value : divisor.multiply(BigDecimal.valueOf(i - 200));
        boolean expected =
            value.remainder(divisor).signum() == 0
                && value.scale() <= Math.max(0, divisor.scale())
                && value.compareTo(BigDecimal.valueOf(-2000)) >= 0
                && value.compareTo(BigDecimal.valueOf(3000)) <= 0;
        assertThat(language.contains(value.toPlainString()))
            .as("seed %d: %s of %s", SEED, value, step)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void multiplesOfFourDigitsFit() {
    assertThat(NumberRange.all().multiplesOf(new BigDecimal(9999)).contains("19998")).isTrue();
  }

  @Test
  void refusesDivisorsAndBoundsOutOfAllBounds() {
    assertTooLarge(() -> NumberRange.all().multiplesOf(new BigDecimal("123456789")));
    assertTooLarge(() -> NumberRange.all().multiplesOf(new BigDecimal("1e9")));
    assertTooLarge(() -> NumberRange.all().multiplesOf(new BigDecimal("1e-999999999")));
    assertTooLarge(() -> NumberRange.all().atLeast(new BigDecimal("1e999999999")));
  }

  @Test
  void takesTheBoundsOfADouble() {
    BigDecimal most = new BigDecimal(Double.MAX_VALUE);
    Language language = NumberRange.all().atLeast(most.negate()).atMost(most).integers();
    assertThat(language.contains(most.toPlainString())).isTrue();
    assertThat(language.contains(most.add(BigDecimal.ONE).toPlainString())).isFalse();
    assertThat(language.states()).isLessThan(2_000);
  }

  private static void assertTooLarge(Runnable construction) {
    assertThatThrownBy(construction::run)
        .isInstanceOfSatisfying(
            IllegalPatternException.class,
            e -> assertThat(e.reason()).isEqualTo(IllegalPatternException.Reason.TOO_LARGE));
  }
}
