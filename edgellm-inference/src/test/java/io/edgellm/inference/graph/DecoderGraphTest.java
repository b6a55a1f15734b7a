package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.inference.engine.GoldenChat;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderGraphTest {
  private static final int[] PROMPT = GoldenChat.all().get(0).prompt();

  private static float[] copy(FloatBuffer logits) {
    float[] copy = new float[logits.remaining()];
    logits.get(copy);
    return copy;
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void rewindsToExactlyWhereItWas(String layout) throws Exception {
    try (DecoderGraph graph = SampleGraph.open(layout, 128);
        RunInterrupt interrupt = new RunInterrupt()) {
      int half = PROMPT.length / 2;
      float[] first = copy(graph.read(0, PROMPT, 0, PROMPT.length, PROMPT.length, interrupt));
      graph.rewind(0, half);
      assertThat(graph.length(0)).isEqualTo(half);
      float[] again =
          copy(graph.read(0, PROMPT, half, PROMPT.length, PROMPT.length - half, interrupt));
      assertThat(again)
          .isEqualTo(Arrays.copyOfRange(first, half * graph.vocabularySize(), first.length));
    }
  }

  @Test
  void givesTheSameLogitsInBothLayouts() throws Exception {
    try (DecoderGraph inPlace = SampleGraph.open("genai", 128);
        DecoderGraph growing = SampleGraph.open("optimum", 128);
        RunInterrupt interrupt = new RunInterrupt()) {
      float[] one = copy(inPlace.read(0, PROMPT, 0, PROMPT.length, PROMPT.length, interrupt));
      float[] other = copy(growing.read(0, PROMPT, 0, PROMPT.length, PROMPT.length, interrupt));
      for (int i = 0; i < one.length; i++) {
        assertThat((double) one[i]).isCloseTo(other[i], within(1e-3));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void goesOnAfterAnInterruptedRunAsIfItHadNotBeen(String layout) throws Exception {
    int[] longer = new Random(3).ints(500, 6, 1024).toArray();
    try (DecoderGraph graph = SampleGraph.open(layout, 512);
        RunInterrupt none = new RunInterrupt()) {
      long start = System.nanoTime();
      graph.read(0, longer, 0, longer.length, 0, none);
      long whole = System.nanoTime() - start;
      graph.clear(0);
      graph.read(0, PROMPT, 0, PROMPT.length - 1, 0, none);
      int inside = 0;
      for (int attempt = 1; attempt <= 40 && inside == 0; attempt++) {
        inside += interruptsInside(graph, longer, whole * attempt / 41) ? 1 : 0;
        assertThat(graph.length(0)).isEqualTo(PROMPT.length - 1);
      }
      assertThat(inside).as("runs that ended inside of a forward pass").isPositive();
      FloatBuffer logits = graph.read(0, PROMPT, PROMPT.length - 1, PROMPT.length, 1, none);
      GoldenChat chat = GoldenChat.all().get(0);
      for (int i = 0; i < chat.topIds().size(); i++) {
        assertThat((double) logits.get(chat.topIds().get(i)))
            .isCloseTo(chat.topLogits().get(i), within(1e-3));
      }
    }
  }

  /** Triggers the interrupt after some time; returns whether it came while the graph ran. */
  private static boolean interruptsInside(DecoderGraph graph, int[] ids, long afterNanos)
      throws Exception {
    int before = graph.length(0);
    try (RunInterrupt interrupt = new RunInterrupt()) {
      CompletableFuture<Void> begun = new CompletableFuture<>();
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(
              () -> {
                begun.join();
                long start = System.nanoTime();
                while (System.nanoTime() - start < afterNanos) {
                  Thread.onSpinWait();
                }
                interrupt.trigger();
              });
      begun.complete(null);
      try {
        graph.read(0, ids, 0, ids.length - before, 0, interrupt);
        graph.rewind(0, before);
        return false;
      } catch (RunInterruptedException e) {
        return e.getCause() != null;
      } finally {
        other.join();
      }
    }
  }
}
