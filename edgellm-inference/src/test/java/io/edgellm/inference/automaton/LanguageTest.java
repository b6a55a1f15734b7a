package io.edgellm.inference.automaton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class LanguageTest {
  private static final long SEED = 20_260_301;

  @Test
  void containsTheTextsItWasMadeOfAndNoOther() {
    Language language = Language.of(List.of("cat", "car", "", "漢字", "😀"));
    assertThat(List.of("cat", "car", "", "漢字", "😀")).allMatch(language::contains);
    assertThat(List.of("ca", "cats", "c", "漢", "\uD83D", "😁")).noneMatch(language::contains);
  }

  @Test
  void anythingContainsAllTextsButHalvesOfCharacters() {
    assertThat(Language.anything().contains("")).isTrue();
    assertThat(Language.anything().contains("a\n\u0000😀\u2028")).isTrue();
    assertThat(Language.anything().contains("a\uD83D")).isFalse();
    assertThat(Language.anything().states()).isEqualTo(1);
  }

  @Test
  void countsLengthsInCodePoints() {
    Language language = Language.characters(2, 3);
    assertThat(List.of("ab", "😀😀", "a漢😀")).allMatch(language::contains);
    assertThat(List.of("", "a", "😀", "abcd", "😀😀😀😀")).noneMatch(language::contains);
    assertThat(Language.characters(2, -1).contains("abcdefgh")).isTrue();
    assertThat(language.longest()).isEqualTo(3);
    assertThat(Language.characters(2, -1).longest()).isEqualTo(-1);
  }

  @Test
  void aLanguageWithoutTextsIsEmpty() {
    assertThat(Language.none().isEmpty()).isTrue();
    assertThat(Language.none().shortest()).isEmpty();
    assertThat(Language.text("a").intersect(Language.text("b"))).isEqualTo(Language.none());
    assertThat(Language.text("a").concat(Language.none())).isEqualTo(Language.none());
    assertThat(Language.none().repeat(0, 5)).isEqualTo(Language.text(""));
    assertThat(Language.none().complement()).isEqualTo(Language.anything());
    assertThat(Language.none().utf8().isEmpty()).isTrue();
    assertThat(Language.none().jsonStringBody().states()).isEqualTo(1);
  }

  @Test
  void namesOneOfTheShortestTexts() {
    assertThat(Language.of(List.of("abc", "de", "f漢")).shortest().orElseThrow()).hasSize(2);
    assertThat(Language.text("").shortest()).contains("");
    assertThat(Language.characters(3, -1).shortest()).contains("!!!");
  }

  @Test
  void sumsProductsAndDifferencesAreThoseOfSets() {
    Random random = new Random(SEED);
    for (int i = 0; i < 150; i++) {
      Language a = RandomLanguage.of(random);
      Language b = RandomLanguage.of(random);
      for (int j = 0; j < 20; j++) {
        String text = RandomLanguage.text(random, 5);
        boolean inA = a.contains(text);
        boolean inB = b.contains(text);
        assertThat(a.union(b).contains(text)).as("seed %d", SEED).isEqualTo(inA || inB);
        assertThat(a.intersect(b).contains(text)).as("seed %d", SEED).isEqualTo(inA && inB);
        assertThat(a.minus(b).contains(text)).as("seed %d", SEED).isEqualTo(inA && !inB);
        assertThat(a.complement().contains(text)).as("seed %d", SEED).isEqualTo(!inA);
      }
    }
  }

  @Test
  void concatenationSplitsSomewhere() {
    Random random = new Random(SEED);
    for (int i = 0; i < 200; i++) {
      Language a = RandomLanguage.of(random);
      Language b = RandomLanguage.of(random);
      Language both = a.concat(b);
      for (int j = 0; j < 20; j++) {
        String text = RandomLanguage.text(random, 5);
        assertThat(both.contains(text))
            .as("seed %d, %s", SEED, text)
            .isEqualTo(splits(text).anyMatch(s -> a.contains(s.get(0)) && b.contains(s.get(1))));
      }
    }
  }

  private static Stream<List<String>> splits(String text) {
    return IntStream.rangeClosed(0, text.length())
        .mapToObj(i -> List.of(text.substring(0, i), text.substring(i)));
  }

  @Test
  void obeysTheLawsOfSets() {
    Random random = new Random(SEED);
    for (int i = 0; i < 200; i++) {
      Language a = RandomLanguage.of(random);
      Language b = RandomLanguage.of(random);
      Language c = RandomLanguage.of(random);
      assertThat(a.union(b))
          .as("seed %d", SEED)
          .isEqualTo(b.union(a))
          .hasSameHashCodeAs(b.union(a));
      assertThat(a.union(b.union(c))).as("seed %d", SEED).isEqualTo(a.union(b).union(c));
      assertThat(a.complement().complement()).as("seed %d", SEED).isEqualTo(a);
      assertThat(a.intersect(b))
          .as("seed %d", SEED)
          .isEqualTo(a.complement().union(b.complement()).complement());
      assertThat(a.concat(b.union(c)))
          .as("seed %d", SEED)
          .isEqualTo(a.concat(b).union(a.concat(c)));
      assertThat(a.repeat(2, 3)).as("seed %d", SEED).isEqualTo(a.concat(a).concat(a.repeat(0, 1)));
      assertThat(a.repeat(0, -1)).as("seed %d", SEED).isEqualTo(a.repeat(0, -1).repeat(0, -1));
    }
  }

  @Test
  void theShortestTextBelongsToTheLanguage() {
    Random random = new Random(SEED);
    for (int i = 0; i < 150; i++) {
      Language a = RandomLanguage.of(random);
      assertThat(a.shortest().isEmpty()).as("seed %d", SEED).isEqualTo(a.isEmpty());
      a.shortest().ifPresent(text -> assertThat(a.contains(text)).as("seed %d", SEED).isTrue());
    }
  }

  @Test
  void takesLargeEnumerations() {
    Random random = new Random(SEED);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      texts.add(
          new StringBuilder().appendCodePoint(0x4E00 + random.nextInt(3000)).append(i).toString());
    }
    assertThat(texts).allMatch(Language.of(texts)::contains);
  }

  @Test
  void buildsWhatTakesMoreStatesOnTheWayThanInTheEnd() {
    Language some = Language.of(List.of("a", "b"));
    Language late = some.repeat(0, -1).concat(Language.text("a")).concat(some.repeat(12, 12));
    assertThat(late.states()).isEqualTo(1 << 13);
  }

  @Test
  void refusesAnExplosionByName() {
    Language some = Language.of(List.of("a", "b"));
    Language late = some.repeat(0, -1).concat(Language.text("a"));
    assertTooLarge(() -> late.concat(some.repeat(30, 30)), "");
  }

  @Test
  void refusesTooManyStates() {
    assertTooLarge(() -> Language.characters(0, Effort.MOST_STATES + 1), "states");
    assertTooLarge(() -> Language.characters(0, Integer.MAX_VALUE), "states");
    assertTooLarge(() -> Language.text("").repeat(0, Integer.MAX_VALUE), "");
    assertTooLarge(() -> Language.characters(0, 1000).repeat(1000, 1000), "");
  }

  private static void assertTooLarge(Runnable construction, String what) {
    assertThatThrownBy(construction::run)
        .isInstanceOfSatisfying(
            IllegalPatternException.class,
            e -> assertThat(e.reason()).isEqualTo(IllegalPatternException.Reason.TOO_LARGE))
        .hasMessageContaining(what)
        .hasMessageContaining("bound its repetitions");
  }
}
