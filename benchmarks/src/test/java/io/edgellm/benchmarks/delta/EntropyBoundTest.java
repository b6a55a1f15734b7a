package io.edgellm.benchmarks.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.delta.ElementKind;
import io.edgellm.delta.TensorAlignment;
import io.edgellm.delta.TensorAlignment.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntropyBoundTest {
  private static final int BYTES = 1 << 18;

  @TempDir Path directory;

  @Test
  void whatDidNotChangeCostsNothing() throws IOException {
    byte[] bytes = bytes(1);
    assertThat(bound(bytes, bytes, ElementKind.INT4)).isCloseTo(0, within(1e-6));
    assertThat(bound(bytes, bytes, ElementKind.FLOAT32)).isCloseTo(0, within(1e-6));
  }

  @Test
  void codesThatHaveNothingInCommonCostFourBits() throws IOException {
    double bound = bound(bytes(1), bytes(2), ElementKind.INT4);
    assertThat(bound / BYTES).isCloseTo(1, within(0.001));
  }

  @Test
  void aCodeInFourThatStepsUpCostsItsEntropy() throws IOException {
    byte[] old = new byte[BYTES];
    byte[] fresh = new byte[BYTES];
    Random random = new Random(3);
    for (int i = 0; i < BYTES; i++) {
      fresh[i] = (byte) ((random.nextInt(4) == 0 ? 1 : 0) | (random.nextInt(4) == 0 ? 16 : 0));
    }
    // -1/4 log2(1/4) - 3/4 log2(3/4) = 0.811 bits for each of two codes.
    assertThat(bound(old, fresh, ElementKind.INT4) * 8 / (2 * BYTES))
        .isCloseTo(0.811, within(0.01));
  }

  @Test
  void evenNoiseOfNumbersCostsTheLogarithmOfItsWidth() throws IOException {
    ByteBuffer old = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer fresh = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(4);
    for (int i = 0; i < BYTES; i += Float.BYTES) {
      old.putInt(i, Float.floatToIntBits(1.5f));
      fresh.putInt(i, Float.floatToIntBits(1.5f) + random.nextInt(1 << 12) - (1 << 11));
    }
    double bits = bound(old.array(), fresh.array(), ElementKind.FLOAT32) * 8;
    assertThat(bits / (BYTES / (double) Float.BYTES)).isCloseTo(12, within(0.05));
  }

  private double bound(byte[] old, byte[] fresh, ElementKind kind) throws IOException {
    return EntropyBound.bytes(
        new FileChange(
            "test",
            Files.write(directory.resolve("old"), old),
            Files.write(directory.resolve("fresh"), fresh),
            new TensorAlignment(List.of(new Region(0, 0, old.length, kind))),
            true));
  }

  private static byte[] bytes(long seed) {
    byte[] bytes = new byte[BYTES];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
