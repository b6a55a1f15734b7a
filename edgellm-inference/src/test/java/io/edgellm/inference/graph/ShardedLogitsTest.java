package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.shard.ModelSharder;
import io.edgellm.inference.surgery.SurgeryOptions;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardedLogitsTest {
  @TempDir Path temp;

  private static DecoderGraph open(Path directory, @Nullable SurgeryOptions surgery) {
    ModelDirectory opened = ModelDirectory.open(directory);
    return DecoderGraph.open(
        RuntimeGuard.ofThisProcess(false).start(),
        opened,
        ModelLayout.read(opened),
        new SessionSettings(1, false, 128, 512, 1, surgery));
  }

  /** As the files are, and as loaders open them. */
  @ParameterizedTest
  @CsvSource({"genai, false", "genai, true", "optimum, false", "optimum, true"})
  void areThoseOfTheSourceBitForBit(String layout, boolean mended) throws Exception {
    Path source = GoldenChat.SAMPLE.resolve(layout);
    Path sharded = temp.resolve("sharded");
    new ModelSharder().shard(source, sharded);
    SurgeryOptions surgery = mended ? SurgeryOptions.plain(1) : null;
    try (DecoderGraph before = open(source, surgery);
        DecoderGraph after = open(sharded, surgery);
        RunInterrupt interrupt = new RunInterrupt()) {
      for (GoldenChat chat : GoldenChat.all()) {
        int[] prompt = chat.prompt();
        before.clear(0);
        after.clear(0);
        FloatBuffer expected = before.read(0, prompt, 0, prompt.length, 1, interrupt);
        FloatBuffer actual = after.read(0, prompt, 0, prompt.length, 1, interrupt);
        assertThat(actual.remaining()).isEqualTo(expected.remaining()).isPositive();
        assertThat(bits(actual)).as(chat.text()).isEqualTo(bits(expected));
      }
    }
  }

  private static int[] bits(FloatBuffer logits) {
    int[] bits = new int[logits.remaining()];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(logits.get(logits.position() + i));
    }
    return bits;
  }
}
