package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeMemoryTest {
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");
  private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ ");

  /** As many as the C library has arenas for threads on a small machine: they keep some memory. */
  private static final int WARM_UP = 20;

  private static final int ROUNDS = 250;

  /** So that opening is only opening: what is known of the graphs is kept here. */
  @TempDir Path cache;

  /** Weights, prepacked copies and cache of a model take at least 7 MB: 1.7 GB for all rounds. */
  private static final long TOLERANCE_BYTES = 35L << 20;

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void isFreeWhenAModelIsClosed(String layout) throws Exception {
    assumeTrue(Files.exists(MAPPINGS), "Needs /proc/self/smaps, which only Linux has.");
    for (int i = 0; i < WARM_UP; i++) {
      openAndClose(layout);
    }
    long before = nativeBytes();
    for (int i = 0; i < ROUNDS; i++) {
      openAndClose(layout);
    }
    assertThat(nativeBytes() - before).isLessThan(TOLERANCE_BYTES);
  }

  private void openAndClose(String layout) throws InterruptedException {
    OnnxModelLoader loader =
        new OnnxModelLoader(OnnxOptions.builder().threads(1).cacheDirectory(cache).build());
    try (LoadedModel model = loader.load(DevelopmentModel.at(GoldenChat.SAMPLE.resolve(layout)))) {
      model.generate(
          GenerationRequest.builder()
              .messages(GoldenChat.all().get(0).messages())
              .maxTokens(2)
              .build());
    }
  }

  /**
   * What is resident outside of the Java heap, which grows by rules of its own. With compressed
   * pointers the heap lies in the lowest 64 GB of the address space, and nothing else does.
   */
  private static long nativeBytes() throws IOException {
    System.gc();
    long bytes = 0;
    boolean outsideOfHeap = false;
    for (String line : Files.readAllLines(MAPPINGS)) {
      Matcher mapping = MAPPING.matcher(line);
      if (mapping.lookingAt()) {
        outsideOfHeap = Long.parseUnsignedLong(mapping.group(1), 16) >= 64L << 30;
      } else if (outsideOfHeap && line.startsWith("Rss:")) {
        bytes += Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    return bytes;
  }
}
