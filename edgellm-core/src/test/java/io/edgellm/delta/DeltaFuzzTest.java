package io.edgellm.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Delta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged delta gives the right chunks or a named error, never anything else. */
class DeltaFuzzTest {
  private static final long SEED = 20_261_123;
  private static final int SIZE = 1500;

  @TempDir Path directory;
  private DeltaFiles files;
  private Delta expected;
  private byte[] genuine = new byte[0];

  /** A small delta that has every kind of piece, and every kind of element. */
  @BeforeEach
  void makeADelta() throws IOException {
    Random random = new Random(SEED);
    byte[] old = new byte[SIZE];
    random.nextBytes(old);
    byte[] fresh = old.clone();
    for (int i = 0; i < 600; i += 30) {
      fresh[i] ^= 1;
    }
    byte[] text = "the same words again, and again. ".repeat(9).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, fresh, 1000, text.length);
    files = new DeltaFiles(directory, old, fresh);
    ElementKind[] kinds = ElementKind.values();
    List<TensorAlignment.Region> regions = new ArrayList<>();
    for (int i = 0; i < kinds.length; i++) {
      regions.add(new TensorAlignment.Region(100L * i, 100L * i, 100, kinds[i]));
    }
    files.encode(new TensorAlignment(regions));
    expected = files.described();
    genuine = files.bytes();
  }

  @Test
  void takesTheGenuineOne() throws IOException {
    requireRightOrRefused(genuine, "genuine");
    assertThat(files.decode(expected, chunks())).hasSize(SIZE);
  }

  @Test
  void survivesEveryFlippedBit() throws IOException {
    for (int bit = 0; bit < genuine.length * 8; bit++) {
      byte[] damaged = genuine.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      requireRightOrRefused(damaged, "bit " + bit);
    }
  }

  @Test
  void survivesEveryLengthThatIsTooShort() throws IOException {
    for (int length = 0; length < genuine.length; length++) {
      requireRefused(Arrays.copyOf(genuine, length), "cut to " + length);
    }
  }

  @Test
  void refusesBytesAfterTheEnd() throws IOException {
    requireRefused(Arrays.copyOf(genuine, genuine.length + 1), "one more byte");
  }

  /** As somebody would who can make the checksum right: only the segment is damaged. */
  @Test
  void survivesRandomSegments() throws IOException {
    int start = DeltaHeader.BYTES + 2;
    for (int i = 0; i < 1000; i++) {
      Random random = new Random(SEED + i);
      byte[] damaged = genuine.clone();
      int from = start + random.nextInt(random.nextBoolean() ? 40 : damaged.length - start);
      for (int at = from; at < Math.min(damaged.length, from + 1 + random.nextInt(8)); at++) {
        damaged[at] = (byte) random.nextInt();
      }
      requireRightOrRefused(damaged, "seed " + (SEED + i));
    }
  }

  private BitSet chunks() {
    BitSet chunks = new BitSet();
    chunks.set(0);
    return chunks;
  }

  private void requireRightOrRefused(byte[] delta, String what) throws IOException {
    files.replace(delta);
    try {
      files.decode(expected, chunks());
    } catch (DeltaException e) {
      assertThat(e.reason()).as(what).isNotEqualTo(DeltaException.Reason.IO);
    }
  }

  private void requireRefused(byte[] delta, String what) throws IOException {
    files.replace(delta);
    try {
      files.decode(expected, chunks());
      assertThat(what).as("was taken").isEmpty();
    } catch (DeltaException e) {
      assertThat(e.reason()).as(what).isEqualTo(DeltaException.Reason.MALFORMED);
    }
  }
}
