package io.edgellm.inference.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.inference.embedding.TinyEncoder.Form;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.TextEmbedder;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbedderThreadsTest {
  private static final int THREADS = 4;
  private static final List<String> TEXTS =
      List.of("play music", "turn on the kitchen lights", "lights", "the music playing");

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @TempDir private Path directory;

  @BeforeEach
  void writeModel() throws Exception {
    new TinyEncoder(3).write(directory, Form.USUAL);
  }

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  private TextEmbedder load() {
    return new OnnxModelLoader(OnnxOptions.builder().threads(1).build())
        .loadEmbedder(DevelopmentModel.at(directory));
  }

  @Test
  void givesEveryThreadTheSameVectors() throws Exception {
    try (TextEmbedder embedder = load()) {
      List<float[]> expected = embedder.embed(TEXTS);
      List<Future<List<float[]>>> results = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        results.add(
            threads.submit(
                () -> {
                  List<float[]> last = List.of();
                  for (int round = 0; round < 20; round++) {
                    last = embedder.embed(TEXTS);
                  }
                  return last;
                }));
      }
      for (Future<List<float[]>> result : results) {
        for (int i = 0; i < expected.size(); i++) {
          assertThat(result.get().get(i)).containsExactly(expected.get(i));
        }
      }
    }
  }

  @Test
  void endsTheTextsOfOtherThreadsWhenItIsClosed() throws Exception {
    for (int round = 0; round < 5; round++) {
      TextEmbedder embedder = load();
      CountDownLatch begun = new CountDownLatch(THREADS);
      List<Future<InferenceException.Reason>> ends = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        ends.add(threads.submit(() -> embedUntilTheEnd(embedder, begun)));
      }
      begun.await();
      embedder.close();
      for (Future<InferenceException.Reason> end : ends) {
        assertThat(end.get()).isEqualTo(InferenceException.Reason.CLOSED);
      }
    }
  }

  private static InferenceException.Reason embedUntilTheEnd(
      TextEmbedder embedder, CountDownLatch begun) {
    embedder.embed(TEXTS.get(0));
    begun.countDown();
    while (true) {
      try {
        embedder.embed(TEXTS);
      } catch (InferenceException e) {
        return e.reason();
      }
    }
  }
}
