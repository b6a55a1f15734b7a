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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeMemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int WARM_UP = 5;
  private static final int ROUNDS = 50;

  /** Of 50 models, whose weights and caches take at least 7 MB each, less than 3 may remain. */
  private static final long TOLERANCE_BYTES = 20L << 20;

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void isFreeWhenAModelIsClosed(String layout) throws Exception {
    assumeTrue(Files.exists(STATUS), "Needs /proc/self/status, which only Linux has.");
    for (int i = 0; i < WARM_UP; i++) {
      openAndClose(layout);
    }
    long before = residentBytes();
    for (int i = 0; i < ROUNDS; i++) {
      openAndClose(layout);
    }
    assertThat(residentBytes() - before).isLessThan(TOLERANCE_BYTES);
  }

  private static void openAndClose(String layout) throws InterruptedException {
    OnnxModelLoader loader = new OnnxModelLoader(OnnxOptions.builder().threads(1).build());
    try (LoadedModel model = loader.load(DevelopmentModel.at(GoldenChat.SAMPLE.resolve(layout)))) {
      model.generate(
          GenerationRequest.builder()
              .messages(GoldenChat.all().get(0).messages())
              .maxTokens(2)
              .build());
    }
  }

  private static long residentBytes() throws IOException {
    System.gc();
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new AssertionError("no VmRSS");
  }
}
