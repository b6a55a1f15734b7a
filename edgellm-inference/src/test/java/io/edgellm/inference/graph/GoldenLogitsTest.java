package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.inference.engine.GoldenChat;
import java.nio.FloatBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoldenLogitsTest {
  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void areComputed(String layout) throws Exception {
    try (DecoderGraph graph = SampleGraph.open(layout, 128);
        RunInterrupt interrupt = new RunInterrupt()) {
      for (GoldenChat chat : GoldenChat.all()) {
        int[] prompt = chat.prompt();
        graph.clear(0);
        FloatBuffer logits = graph.read(0, prompt, 0, prompt.length, 1, interrupt);
        for (int i = 0; i < chat.topIds().size(); i++) {
          assertThat((double) logits.get(chat.topIds().get(i)))
              .as("%s, rank %d", chat.text(), i)
              .isCloseTo(chat.topLogits().get(i), within(1e-3));
        }
      }
    }
  }
}
