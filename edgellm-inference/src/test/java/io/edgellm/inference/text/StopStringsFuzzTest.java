package io.edgellm.inference.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.code_intelligence.jazzer.mutation.annotation.WithSize;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StopStringsFuzzTest {

  static Stream<Arguments> seeds() {
    return Stream.of(
        Arguments.of("the answer###more", List.of("###"), 0b1010_1010L),
        Arguments.of("aaab", List.of("aab", "ab"), -1L),
        Arguments.of("xyz!", List.of("xyz!", "yz", "z"), 0L),
        Arguments.of("👋🏽 done", List.of("🏽"), 0b11L));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "1m")
  void endsAtTheFirstStopStringHoweverTheTextIsCut(
      @NotNull String text,
      @NotNull @WithSize(max = 6) List<@NotNull String> stops,
      long cutAfterCharacter) {
    List<String> usable = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    StopStrings stream = new StopStrings(usable);
    StringBuilder shown = new StringBuilder();
    int start = 0;
    for (int end = 1; end <= text.length(); end++) {
      if (end == text.length() || (cutAfterCharacter >> end % 64 & 1) == 1) {
        shown.append(stream.next(text.substring(start, end)));
        start = end;
      }
    }
    shown.append(stream.finish());
    assertThat(shown.toString()).isEqualTo(beforeFirstStop(text, usable));
  }

  /** The plain definition: the shortest text that ends with a stop string, without the longest. */
  static String beforeFirstStop(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      String read = text.substring(0, end);
      int longest = stops.stream().filter(read::endsWith).mapToInt(String::length).max().orElse(0);
      if (longest > 0) {
        return text.substring(0, end - longest);
      }
    }
    return text;
  }
}
