package io.edgellm.inference.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StopStringsTest {

  @Test
  void keepsTheTextBeforeAStopStringAndDropsTheRest() {
    StopStrings stops = new StopStrings(List.of("###"));
    assertThat(stops.next("answer### more")).isEqualTo("answer");
    assertThat(stops.matched()).hasValue("###");
    assertThat(stops.next("more") + stops.finish()).isEmpty();
  }

  @Test
  void holdsBackOnlyWhatMayBecomeAStopString() {
    StopStrings stops = new StopStrings(List.of("\n\nUser:"));
    assertThat(stops.next("one\n")).isEqualTo("one");
    assertThat(stops.next("\n")).isEmpty();
    assertThat(stops.next("Us")).isEmpty();
    assertThat(stops.next("ual")).isEqualTo("\n\nUsual");
    assertThat(stops.matched()).isEmpty();
  }

  @Test
  void returnsWhatWasHeldBackWhenTheTextEnds() {
    StopStrings stops = new StopStrings(List.of("END"));
    assertThat(stops.next("the EN")).isEqualTo("the ");
    assertThat(stops.finish()).isEqualTo("EN");
  }

  @Test
  void findsAStopStringThatBeginsInsideAFalseStart() {
    StopStrings stops = new StopStrings(List.of("aab"));
    assertThat(stops.next("aa") + stops.next("a") + stops.next("b")).isEqualTo("a");
    assertThat(stops.matched()).hasValue("aab");
  }

  @Test
  void endsAtTheStopStringThatIsCompleteFirst() {
    StopStrings stops = new StopStrings(List.of("xyz!", "yz"));
    assertThat(stops.next("wxyz!")).isEqualTo("wx");
    assertThat(stops.matched()).hasValue("yz");
  }

  @Test
  void prefersTheStopStringThatBeganFirst() {
    StopStrings stops = new StopStrings(List.of("c", "abc"));
    assertThat(stops.next("abc")).isEmpty();
    assertThat(stops.matched()).hasValue("abc");
  }

  @Test
  void passesTextThroughWithoutStopStrings() {
    StopStrings stops = new StopStrings(List.of());
    assertThat(stops.next("abc") + stops.finish()).isEqualTo("abc");
  }

  @Test
  void refusesAnEmptyStopString() {
    assertThatIllegalArgumentException().isThrownBy(() -> new StopStrings(List.of("")));
  }

  @Test
  void givesTheSameTextForEveryWayToCutIt() {
    String text = "ab\n\nabc<|e<|end";
    List<String> stops = List.of("abcd", "<|end", "bd");
    for (int cuts = 0; cuts < 1 << (text.length() - 1); cuts++) {
      StopStrings stream = new StopStrings(stops);
      StringBuilder shown = new StringBuilder();
      int start = 0;
      for (int end = 1; end <= text.length(); end++) {
        if (end == text.length() || (cuts >> (end - 1) & 1) == 1) {
          shown.append(stream.next(text.substring(start, end)));
          start = end;
        }
      }
      shown.append(stream.finish());
      assertThat(shown.toString())
          .as("cuts %s", Integer.toBinaryString(cuts))
          .isEqualTo("ab\n\nabc<|e");
      assertThat(stream.matched()).hasValue("<|end");
    }
  }

  @Test
  void agreesWithThePlainDefinitionForRandomStopStrings() {
    long seed = 5;
    Random random = new Random(seed);
    for (int round = 0; round < 3_000; round++) {
      List<String> stops =
          Stream.generate(() -> letters(random, 1 + random.nextInt(5)))
              .limit(1 + random.nextInt(8))
              .toList();
      String text = letters(random, random.nextInt(24));
      StopStrings stream = new StopStrings(stops);
      StringBuilder shown = new StringBuilder();
      int start = 0;
      while (start < text.length()) {
        int end = Math.min(text.length(), start + 1 + random.nextInt(4));
        shown.append(stream.next(text.substring(start, end)));
        assertThat(text).startsWith(shown);
        start = end;
      }
      shown.append(stream.finish());
      assertThat(shown.toString())
          .as("seed %d, round %d, %s in %s", seed, round, stops, text)
          .isEqualTo(StopStringsFuzzTest.beforeFirstStop(text, stops));
    }
  }

  @Test
  void takesThousandsOfLongStopStrings() {
    List<String> stops =
        IntStream.range(0, 2_000).mapToObj(i -> "ab".repeat(50) + i + "!").toList();
    StopStrings stream = new StopStrings(stops);
    String text = "ab".repeat(100_000);
    assertThat(stream.next(text) + stream.next("7!")).hasSize(text.length() - 100);
    assertThat(stream.matched()).hasValue("ab".repeat(50) + "7!");
  }

  private static String letters(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(2)));
    }
    return text.toString();
  }
}
