package io.edgellm.inference.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The tree says what a look at all sequences says. */
class TokenTrieTest {
  private static final int ROUNDS = 50;
  private static final int STEPS = 60;

  private static int[] tokens(int... tokens) {
    return tokens;
  }

  @Test
  void findsTheSameAsALookAtAllSequences() {
    for (long seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      TokenTrie<List<Integer>> trie = new TokenTrie<>();
      Map<List<Integer>, int[]> all = new HashMap<>();
      for (int step = 0; step < STEPS; step++) {
        int[] sequence = sequence(random);
        if (random.nextInt(3) > 0) {
          trie.put(sequence, list(sequence));
          all.put(list(sequence), sequence);
        } else {
          List<int[]> kept = new ArrayList<>(all.values());
          int[] removed =
              kept.isEmpty() || random.nextBoolean()
                  ? sequence
                  : kept.get(random.nextInt(kept.size()));
          trie.remove(removed);
          all.remove(list(removed));
        }
        int[] prompt = sequence(random);
        int limit = random.nextInt(prompt.length + 1);
        String where = "seed " + seed + ", step " + step + ", prompt " + Arrays.toString(prompt);
        assertThat(trie.size()).as(where).isEqualTo(all.size());
        assertThat(trie.longestWhole(prompt, limit))
            .as(where)
            .isEqualTo(wholeAmong(all, prompt, limit));
        assertSharesMost(trie.longestShared(prompt, limit), all, prompt, limit, where);
      }
    }
  }

  /** Few different tokens, so that sequences share beginnings and many are prefixes of others. */
  private static int[] sequence(Random random) {
    return random.ints(1 + random.nextInt(7), 0, 3).toArray();
  }

  private static List<Integer> list(int[] tokens) {
    return Arrays.stream(tokens).boxed().toList();
  }

  private static int shared(int[] a, int[] b, int limit) {
    int n = 0;
    while (n < limit && n < a.length && n < b.length && a[n] == b[n]) {
      n++;
    }
    return n;
  }

  private static Optional<TokenTrie.Match<List<Integer>>> wholeAmong(
      Map<List<Integer>, int[]> all, int[] prompt, int limit) {
    return all.values().stream()
        .filter(s -> shared(s, prompt, limit) == s.length)
        .max(Comparator.comparingInt(s -> s.length))
        .map(s -> new TokenTrie.Match<>(s.length, list(s)));
  }

  private static void assertSharesMost(
      Optional<TokenTrie.Match<List<Integer>>> found,
      Map<List<Integer>, int[]> all,
      int[] prompt,
      int limit,
      String where) {
    int most = all.values().stream().mapToInt(s -> shared(s, prompt, limit)).max().orElse(0);
    if (most == 0) {
      assertThat(found).as(where).isEmpty();
      return;
    }
    int shortest =
        all.values().stream()
            .filter(s -> shared(s, prompt, limit) == most)
            .mapToInt(s -> s.length)
            .min()
            .orElseThrow();
    int[] sequence = Objects.requireNonNull(all.get(found.orElseThrow().value()), where);
    assertThat(sequence).as(where).hasSize(shortest);
    assertThat(found.get().tokens()).as(where).isEqualTo(most);
    assertThat(shared(sequence, prompt, limit)).as(where).isEqualTo(most);
  }

  @Test
  void keepsTheLastValueOfASequence() {
    TokenTrie<String> trie = new TokenTrie<>();
    trie.put(tokens(1, 2, 3), "first");
    trie.put(tokens(1, 2, 3), "second");
    assertThat(trie.longestWhole(tokens(1, 2, 3, 4), 4))
        .contains(new TokenTrie.Match<>(3, "second"));
    assertThat(trie.size()).isEqualTo(1);
  }

  @Test
  void endsInTheMiddleOfAnEdgeWhereSequencesMayBeCut() {
    TokenTrie<String> trie = new TokenTrie<>();
    trie.put(tokens(1, 2, 3, 4, 5), "long");
    assertThat(trie.longestShared(tokens(1, 2, 3, 9), 4))
        .contains(new TokenTrie.Match<>(3, "long"));
    assertThat(trie.longestWhole(tokens(1, 2, 3, 9), 4)).isEmpty();
  }
}
