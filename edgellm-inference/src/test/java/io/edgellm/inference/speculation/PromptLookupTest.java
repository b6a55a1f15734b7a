package io.edgellm.inference.speculation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptLookupTest {
  private static PromptLookup of(int shortest, int longest, int... tokens) {
    PromptLookup lookup = new PromptLookup(shortest, longest);
    for (int token : tokens) {
      lookup.append(token);
    }
    return lookup;
  }

  private static int[] draft(PromptLookup lookup, int most) {
    int[] into = new int[most];
    return Arrays.copyOf(into, lookup.draft(into, most));
  }

  /** Looks at every earlier place, the most recent first. */
  private static int[] searched(int[] tokens, int size, int shortest, int longest, int most) {
    for (int length = Math.min(longest, size); length >= shortest; length--) {
      for (int end = size - 1; end >= length; end--) {
        if (Arrays.equals(tokens, end - length, end, tokens, size - length, size)) {
          int[] longer = Arrays.copyOf(tokens, size + most);
          for (int i = 0; i < most; i++) {
            longer[size + i] = longer[end + i];
          }
          return Arrays.copyOfRange(longer, size, size + most);
        }
      }
    }
    return new int[0];
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 12, 100, 5000})
  void findsWhatASearchOfTheWholeSequenceFinds(int vocabulary) {
    Random random = new Random(vocabulary);
    for (int round = 0; round < 5; round++) {
      int shortest = 1 + random.nextInt(3);
      int longest = shortest + random.nextInt(4);
      int[] tokens = random.ints(600, 0, vocabulary).toArray();
      for (int i = 300; i < tokens.length; i++) {
        tokens[i] = random.nextInt(8) > 0 ? tokens[i - 150] : tokens[i];
      }
      PromptLookup lookup = new PromptLookup(shortest, longest);
      for (int size = 0; size < tokens.length; size++) {
        int most = random.nextInt(9);
        assertThat(draft(lookup, most))
            .as("seed %d, round %d, %d tokens", vocabulary, round, size)
            .isEqualTo(most == 0 ? new int[0] : searched(tokens, size, shortest, longest, most));
        lookup.append(tokens[size]);
      }
    }
  }

  @Test
  void prefersTheLongerMatch() {
    assertThat(draft(of(1, 3, 1, 2, 3, 7, 9, 3, 8, 1, 2, 3), 1)).containsExactly(7);
  }

  @Test
  void prefersTheMoreRecentOfEqualMatches() {
    assertThat(draft(of(2, 2, 1, 2, 5, 1, 2, 6, 1, 2), 1)).containsExactly(6);
  }

  @Test
  void goesOnWithAShortPeriod() {
    assertThat(draft(of(2, 4, 1, 2, 1, 2), 5)).containsExactly(1, 2, 1, 2, 1);
  }

  @Test
  void guessesNothingWithoutARepetition() {
    assertThat(draft(of(1, 3), 4)).isEmpty();
    assertThat(draft(of(1, 3, 1, 2, 3), 4)).isEmpty();
    assertThat(draft(of(2, 3, 1, 2, 1), 4)).isEmpty();
  }

  @Test
  void writesNoMoreThanWasAskedFor() {
    int[] into = {-1, -1, -1};
    assertThat(of(1, 1, 4, 4).draft(into, 2)).isEqualTo(2);
    assertThat(into).containsExactly(4, 4, -1);
  }

  @Test
  void refusesLengthsThatMakeNoSense() {
    assertThatIllegalArgumentException().isThrownBy(() -> new PromptLookup(0, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> new PromptLookup(3, 2));
  }

  @Test
  void allocatesOnlyWhenItGrows() {
    Random random = new Random(6);
    int[] tokens = random.ints(100_000, 0, 1000).toArray();
    int[] into = new int[8];
    PromptLookup lookup = new PromptLookup(2, 4);
    for (int i = 0; i < 66_000; i++) {
      lookup.append(tokens[i]);
      lookup.draft(into, 8);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 66_000; i < tokens.length; i++) {
      lookup.append(tokens[i]);
      lookup.draft(into, 8);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("bytes for %d tokens", tokens.length - 66_000).isLessThan(1_000);
  }
}
