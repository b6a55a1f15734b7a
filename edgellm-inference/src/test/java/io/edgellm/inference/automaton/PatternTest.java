package io.edgellm.inference.automaton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PatternTest {
  private static final long SEED = 20_260_303;

  @Test
  void agreesWithJavaOnRandomPatterns() {
    Random random = new Random(SEED);
    int matches = 0;
    for (int i = 0; i < 2_000; i++) {
      RandomPattern pattern = RandomPattern.of(random, 3);
      Language found = Language.pattern(pattern.ecma());
      Language whole = Language.regex(pattern.ecma());
      Pattern java = Pattern.compile(pattern.java());
      for (int j = 0; j < 10; j++) {
        String text = RandomPattern.text(random, 5);
        String description = "seed " + SEED + ", pattern " + pattern + ", text " + text;
        boolean expected = java.matcher(text).find();
        matches += expected ? 1 : 0;
        assertThat(found.contains(text)).as(description).isEqualTo(expected);
        assertThat(whole.contains(text)).as(description).isEqualTo(java.matcher(text).matches());
      }
    }
    assertThat(matches).isBetween(4_000, 16_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "^a|b$ ~ abc ~ true",
        "^a|b$ ~ cab ~ true",
        "^a|b$ ~ cac ~ false",
        "^(a|b)$ ~ ab ~ false",
        "a$|^ ~ zzz ~ true",
        "a^b ~ ab ~ false",
        "(^|,)a(,|$) ~ b,a ~ true",
        "(^|,)a(,|$) ~ ba ~ false",
        "\\bcat\\b ~ a cat! ~ true",
        "\\bcat\\b ~ concat ~ false",
        "\\Bcat ~ concat ~ true",
        "^(?!.*admin)[a-z]+$ ~ superadmin ~ false",
        "^(?!.*admin)[a-z]+$ ~ superuser ~ true",
        "^(?=.*\\d)(?=.*[a-z]).{4,8}$ ~ abc1 ~ true",
        "^(?=.*\\d)(?=.*[a-z]).{4,8}$ ~ abcd ~ false",
        "^[a-z]+(?!-)$ ~ ab ~ true",
        "^(?:(?!--)[a-z-])+$ ~ a-b ~ true",
        "^(?:(?!--)[a-z-])+$ ~ a--b ~ false",
        "^\\/\\@\\-\\_\\ $ ~ `/@-_ ` ~ true",
        "^[\\w-.]+$ ~ a-b.c ~ true",
        "^[\\w-.]+$ ~ a,b ~ false",
        "^{.*}$ ~ {x} ~ true",
        "^a{,}$ ~ a{,} ~ true",
        "^x]$ ~ x] ~ true",
        "^\\cJ\\x41\\u0042\\u{43}$ ~ `\nABC` ~ true",
        "^\\uD83D\\uDE00$ ~ 😀 ~ true",
        "^[\\uD83D\\uDE00]$ ~ 😀 ~ true",
        "^.$ ~ 😀 ~ true",
        "^[^\\uD800-\\uDFFF]*$ ~ a漢 ~ true",
        "^\\p{L}+$ ~ Ωñ漢 ~ true",
        "^\\p{L}+$ ~ a1 ~ false",
        "^\\p{Lu}\\p{Ll}+$ ~ Éa ~ true",
        "^\\p{Script=Greek}+$ ~ αβγ ~ true",
        "^\\p{Script=Greek}+$ ~ abc ~ false",
        "^\\p{General_Category=Decimal_Number}$ ~ ٣ ~ true",
        "^\\p{Alphabetic}\\P{White_Space}$ ~ aa ~ true",
        "^\\d$ ~ ٣ ~ false",
        "^\\w$ ~ é ~ false",
        "^\\s$ ~ `\uFEFF` ~ true",
        "^(?<year>\\d{4})-(?<month>\\d\\d)$ ~ 2024-05 ~ true",
        "^[\\b]$ ~ `\b` ~ true",
        "[] ~ a ~ false",
        "^[^]$ ~ `\n` ~ true",
        "^a{0}$ ~ `` ~ true",
        "^(a?){3}$ ~ aa ~ true",
      })
  void matchesAsEcma262Does(String pattern, String text, boolean expected) {
    assertThat(Language.pattern(pattern).contains(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "(a)\\1 ~ UNSUPPORTED ~ 3 ~ backreference",
        "(?<x>a)\\k<x> ~ UNSUPPORTED ~ 7 ~ backreference",
        "(?<=a)b ~ UNSUPPORTED ~ 0 ~ lookbehind",
        "(?<!a)b ~ UNSUPPORTED ~ 0 ~ lookbehind",
        "a(?i)b ~ UNSUPPORTED ~ 1 ~ (?:…)",
        "(?P<x>a) ~ UNSUPPORTED ~ 0 ~ (?:…)",
        "a\\p{Emoji} ~ UNSUPPORTED ~ 1 ~ Emoji",
        "\\p{Greek} ~ UNSUPPORTED ~ 0 ~ Script=…",
        "a) ~ SYNTAX ~ 1 ~ no group",
        "a(b ~ SYNTAX ~ 1 ~ not closed",
        "a[b ~ SYNTAX ~ 1 ~ not closed",
        "*a ~ SYNTAX ~ 0 ~ quantifier",
        "a** ~ SYNTAX ~ 2 ~ quantifier",
        "a++ ~ SYNTAX ~ 2 ~ quantifier",
        "^* ~ SYNTAX ~ 1 ~ assertion",
        "(?=a)* ~ SYNTAX ~ 5 ~ assertion",
        "a{2,1} ~ SYNTAX ~ 1 ~ wrong order",
        "a{,3} ~ SYNTAX ~ 1 ~ lower bound",
        "[z-a] ~ SYNTAX ~ 1 ~ wrong order",
        "a\\ ~ SYNTAX ~ 1 ~ backslash",
        "a\\Z ~ SYNTAX ~ 1 ~ no escape",
        "\\x4 ~ SYNTAX ~ 0 ~ hexadecimal",
        "\\u12 ~ SYNTAX ~ 0 ~ hexadecimal",
        "\\u{110000} ~ SYNTAX ~ 0 ~ 10FFFF",
        "\\c1 ~ SYNTAX ~ 0 ~ letter",
        "\\01 ~ SYNTAX ~ 0 ~ octal",
        "\\pL ~ SYNTAX ~ 0 ~ braces",
        "(?<1>a) ~ SYNTAX ~ 0 ~ name",
      })
  void refusesByNameAndPosition(
      String pattern, IllegalPatternException.Reason reason, int position, String words) {
    assertThatThrownBy(() -> Language.pattern(pattern))
        .isInstanceOfSatisfying(
            IllegalPatternException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.position()).hasValue(position);
            })
        .hasMessageContaining(words)
        .hasMessageContaining(pattern);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a|b)*a(a|b){30}",
        "^(.{1000}){1000}$",
        "(((((a{99}){99}){99}){99}){99})",
        "^(){2000000000}$",
        "^a{2000000000}$",
        "^(?:(?:a?){500}){500}$",
        "(?=.*a)(?=.*b)(?=.*c)(?=.*d)(?=.*e)(?=.*f)(?=.*g).{9,99}",
        "^\\p{L}{1,60000}$",
      })
  void refusesAnExplosion(String pattern) {
    assertTooLarge(pattern, "bound its repetitions");
  }

  @Test
  void theWorkGrowsWithTheBoundOfARepetition() {
    assertThat(steps("^[a-z]{1,2000}$")).isLessThan(3 * steps("^[a-z]{1,1000}$"));
    assertThat(steps("^(?=.*\\d)[a-z0-9]{1,2000}$"))
        .isLessThan(3 * steps("^(?=.*\\d)[a-z0-9]{1,1000}$"));
  }

  private static long steps(String pattern) {
    Effort effort = new Effort(pattern);
    Language.of(PatternParser.parse(pattern), effort);
    return effort.steps();
  }

  @Test
  void refusesDeepNesting() {
    assertTooLarge("(".repeat(10_000) + "a" + ")".repeat(10_000), "inside of each other");
    int most = PatternParser.MOST_DEPTH;
    assertThat(Language.regex("(?:".repeat(most) + "a" + ")".repeat(most)))
        .isEqualTo(Language.text("a"));
  }

  @Test
  void refusesMegabytes() {
    assertTooLarge("a".repeat(1 << 20), "longer than");
    assertTooLarge("[" + "a-z".repeat(1 << 20), "longer than");
  }

  @Test
  void takesLongAlternatives() {
    String pattern =
        IntStream.range(0, 2_000).mapToObj(i -> "word" + i).collect(Collectors.joining("|"));
    assertThat(Language.regex(pattern).contains("word1999")).isTrue();
  }

  private static void assertTooLarge(String pattern, String words) {
    assertThatThrownBy(() -> Language.pattern(pattern))
        .isInstanceOfSatisfying(
            IllegalPatternException.class,
            e -> assertThat(e.reason()).isEqualTo(IllegalPatternException.Reason.TOO_LARGE))
        .hasMessageContaining(words)
        .hasMessageContaining(
            "The pattern " + pattern.substring(0, Math.min(16, pattern.length())));
  }
}
