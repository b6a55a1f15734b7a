package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several sequences of one graph; each has to be as if it were alone. */
class SlotsTest {
  private static final int CONTEXT = 96;
  private static final int SLOTS = 4;

  private static int[] tokens(long seed, int count) {
    return new Random(seed).ints(count, 6, 1024).toArray();
  }

  private static float[] row(FloatBuffer logits, int row, int vocabulary) {
    float[] copy = new float[vocabulary];
    logits.get(row * vocabulary, copy);
    return copy;
  }

  /** What a graph with one slot says after the tokens, read in one pass. */
  private static float[] alone(DecoderGraph graph, int[] tokens) throws Exception {
    try (RunInterrupt none = new RunInterrupt()) {
      graph.clear(0);
      return row(graph.read(0, tokens, 0, tokens.length, 1, none), 0, graph.vocabularySize());
    }
  }

  private static DecoderGraph reference(String layout) {
    return SampleGraph.open(layout, 128, CONTEXT, 1);
  }

  private static void assertClose(float[] actual, float[] expected, String what) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i])).as("%s, token %d", what, i).isLessThan(1e-3f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void stepsSequencesOfDifferentLengthsTogether(String layout) throws Exception {
    try (DecoderGraph reference = reference(layout)) {
      for (long seed = 0; seed < 12; seed++) {
        Random random = new Random(seed);
        int[][] sequences = new int[SLOTS][];
        int[] length = new int[SLOTS];
        try (DecoderGraph graph = SampleGraph.open(layout, 16, CONTEXT, SLOTS);
            RunInterrupt none = new RunInterrupt()) {
          for (int slot = 0; slot < SLOTS; slot++) {
            sequences[slot] = tokens(100 * seed + slot, CONTEXT);
            length[slot] = 1 + random.nextInt(60);
            graph.read(slot, sequences[slot], 0, length[slot], 0, none);
          }
          for (int turn = 0; turn < 5; turn++) {
            int[] slots = IntStream.range(0, SLOTS).filter(s -> random.nextInt(3) > 0).toArray();
            int[] next = new int[SLOTS];
            for (int i = 0; i < slots.length; i++) {
              next[i] = sequences[slots[i]][length[slots[i]]++];
            }
            FloatBuffer logits = graph.step(slots, next, slots.length, none);
            for (int i = 0; i < slots.length; i++) {
              int slot = slots[i];
              assertThat(graph.length(slot)).isEqualTo(length[slot]);
              assertClose(
                  row(logits, i, graph.vocabularySize()),
                  alone(reference, Arrays.copyOf(sequences[slot], length[slot])),
                  "seed " + seed + ", slots " + Arrays.toString(slots) + ", row " + i);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void forksASequenceAndGoesOnWithBoth(String layout) throws Exception {
    int[] first = tokens(1, 40);
    int[] second = Arrays.copyOf(first, 40);
    second[30] = 7;
    try (DecoderGraph graph = SampleGraph.open(layout, 16, CONTEXT, 2);
        DecoderGraph reference = reference(layout);
        RunInterrupt none = new RunInterrupt()) {
      graph.read(0, first, 0, 40, 0, none);
      graph.copy(0, 1, 30);
      float[] forked = row(graph.read(1, second, 30, 40, 1, none), 0, graph.vocabularySize());
      assertClose(forked, alone(reference, second), "the copy");
      graph.rewind(0, 39);
      float[] original = row(graph.read(0, first, 39, 40, 1, none), 0, graph.vocabularySize());
      assertClose(original, alone(reference, first), "the original");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void restoresAnImageInAnotherSlot(String layout) throws Exception {
    int[] ids = tokens(2, 50);
    try (DecoderGraph graph = SampleGraph.open(layout, 16, CONTEXT, 3);
        DecoderGraph reference = reference(layout);
        RunInterrupt none = new RunInterrupt()) {
      graph.read(1, ids, 0, 50, 0, none);
      long bytes = graph.imageBytes(33);
      assertThat(bytes).isEqualTo(5L * 2 * 2 * 33 * 32 * Float.BYTES);
      ByteBuffer image = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
      graph.save(1, 33, image);
      assertThat(image.hasRemaining()).isFalse();
      graph.restore(2, 33, image.flip());
      float[] restored = row(graph.read(2, ids, 33, 50, 1, none), 0, graph.vocabularySize());
      assertClose(restored, alone(reference, ids), "the restored sequence");
    }
  }

  @Test
  void readsInChunksExactlyAsOneTokenAfterTheOther() throws Exception {
    int[] ids = tokens(3, 70);
    try (DecoderGraph graph = SampleGraph.open("genai", 16, CONTEXT, 1);
        RunInterrupt none = new RunInterrupt()) {
      FloatBuffer logits = graph.read(0, ids, 0, 70, 16, none);
      float[] last = row(logits, 15, graph.vocabularySize());
      graph.clear(0);
      graph.read(0, ids, 0, 69, 0, none);
      float[] single =
          row(graph.step(new int[] {0}, new int[] {ids[69]}, 1, none), 0, graph.vocabularySize());
      assertClose(last, single, "the last token");
    }
  }

  @Test
  void refusesWhatDoesNotFitAndWhatIsNoToken() throws Exception {
    try (DecoderGraph graph = SampleGraph.open("genai", 16, CONTEXT, 2);
        DecoderGraph reference = reference("genai");
        RunInterrupt none = new RunInterrupt()) {
      assertThatThrownBy(() -> graph.read(0, tokens(4, CONTEXT + 1), 0, CONTEXT + 1, 0, none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("do not fit");
      assertThatThrownBy(() -> graph.step(new int[] {1}, new int[] {1024}, 1, none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no token 1024");
      assertThatThrownBy(() -> graph.rewind(0, 1)).isInstanceOf(IllegalArgumentException.class);
      assertThat(graph.length(0)).isZero();
      graph.read(0, tokens(4, CONTEXT), 0, CONTEXT, 0, none);
      float[] beside =
          row(graph.step(new int[] {1}, new int[] {9}, 1, none), 0, graph.vocabularySize());
      assertClose(beside, alone(reference, new int[] {9}), "beside a full slot");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void computesTheSameRowsWithAPrunedHead(String layout) throws Exception {
    int[] ids = tokens(6, 60);
    try (DecoderGraph whole = reference(layout);
        DecoderGraph pruned = SampleGraph.openPrepared(layout, 16, CONTEXT, 2);
        RunInterrupt none = new RunInterrupt()) {
      assertThat(pruned.prepared().choosesRows()).as(pruned.prepared().toString()).isTrue();
      int vocabulary = whole.vocabularySize();
      for (int rows : new int[] {1, 2, 5, 16}) {
        whole.clear(0);
        pruned.clear(1);
        FloatBuffer expected = whole.read(0, ids, 0, 50, rows, none);
        FloatBuffer actual = pruned.read(1, ids, 0, 50, rows, none);
        for (int row = 0; row < rows; row++) {
          assertClose(row(actual, row, vocabulary), row(expected, row, vocabulary), "row " + row);
        }
      }
      pruned.read(0, ids, 0, 1, 0, none);
      FloatBuffer step = pruned.step(new int[] {0, 1}, new int[] {ids[1], ids[50]}, 2, none);
      assertClose(row(step, 1, vocabulary), alone(whole, Arrays.copyOf(ids, 51)), "a step");
    }
  }
}
