package io.edgellm.inference.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RunInterruptedException;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.graph.SessionSettings;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pass that was ended somewhere can be repeated, however the cache is kept. */
class InterruptedLayoutsTest {
  private static final int ATTEMPTS = 60;
  private static final int SPREAD_NANOS = 20_000;
  private static final int COUNT = 30;
  private static final int[] IDS = new Random(5).ints(COUNT, 3, Architecture.VOCABULARY).toArray();

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = LayoutRow.class,
      names = {"GENAI", "MERGED", "CONVOLUTIONS", "WINDOWED_CACHE", "FIXED_SHAPES", "PIPELINE"})
  void goesOnAfterAnInterruptedPassAsIfItHadNotBeen(LayoutRow row) throws Exception {
    TinyModel model = row.write(folder.resolve("model"));
    int count = row == LayoutRow.FIXED_SHAPES ? COUNT - GenaiModels.FIXED_PREFILL : COUNT;
    float[] expected = model.reference().logits(Arrays.copyOf(IDS, count))[count - 1];
    ModelDirectory directory = ModelDirectory.open(model.directory());
    try (DecoderGraph graph =
            DecoderGraph.open(
                RuntimeGuard.ofThisProcess(false).start(),
                directory,
                ModelLayout.read(directory),
                SessionSettings.single(1, false, 8, 40));
        RunInterrupt interrupt = new RunInterrupt()) {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        graph.clear(0);
        readUntilInterrupted(graph, count - 1, interrupt, attempt * SPREAD_NANOS);
        FloatBuffer logits = graph.read(0, IDS, graph.length(0), count, 1, interrupt);
        assertAgrees(logits, expected, model.tolerance(), "attempt " + attempt);
      }
    }
  }

  private static void readUntilInterrupted(
      DecoderGraph graph, int count, RunInterrupt interrupt, int afterNanos) throws Exception {
    CompletableFuture<Void> begun = new CompletableFuture<>();
    CompletableFuture<Void> other =
        begun.thenRunAsync(
            () -> {
              long start = System.nanoTime();
              while (System.nanoTime() - start < afterNanos) {
                Thread.onSpinWait();
              }
              interrupt.trigger();
            });
    begun.complete(null);
    try {
      graph.read(0, IDS, 0, count, 0, interrupt);
    } catch (RunInterruptedException e) {
      assertThat(graph.length(0)).isLessThan(count);
    } finally {
      other.join();
      interrupt.reset();
    }
  }

  private static void assertAgrees(
      FloatBuffer logits, float[] expected, double tolerance, String what) {
    double largest = 0;
    double off = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      off = Math.max(off, Math.abs(expected[i] - logits.get(i)));
    }
    assertThat(off / largest).as(what).isLessThan(tolerance);
  }
}
