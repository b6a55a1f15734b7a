package io.edgellm.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.delta.TensorAlignment.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What comes out of a delta is the new file, and small changes make small deltas. */
class DeltaRoundTripTest {
  private static final long SEED = 20_261_122;
  private static final int SEGMENT = DeltaHeader.SEGMENT_BYTES;

  @TempDir Path directory;

  @Test
  void changesAnythingIntoAnythingElse() throws IOException {
    for (int i = 0; i < 20; i++) {
      Random random = new Random(SEED + i);
      byte[] old = bytes(random, random.nextInt(100_000));
      byte[] fresh = edited(random, old);
      DeltaFiles files = new DeltaFiles(directory, old, fresh);
      files.encode(alignment(random, old.length, fresh.length));
      assertThat(Arrays.equals(files.decodeAll(), fresh)).as("seed %d", SEED + i).isTrue();
    }
  }

  @Test
  void changesFilesOfManySegments() throws IOException {
    for (int i = 0; i < 2; i++) {
      Random random = new Random(SEED + i);
      byte[] old = bytes(random, SEGMENT + random.nextInt(SEGMENT));
      byte[] fresh = edited(random, old);
      DeltaFiles files = new DeltaFiles(directory, old, fresh);
      files.encode(alignment(random, old.length, fresh.length));
      assertThat(Arrays.equals(files.decodeAll(), fresh)).as("seed %d", SEED + i).isTrue();
    }
  }

  /** Lengths around what the format counts in. */
  @Test
  void changesFilesOfEveryAwkwardSize() throws IOException {
    Random random = new Random(SEED);
    byte[] bytes = bytes(random, 2 * SEGMENT + 5);
    for (int size : new int[] {0, 2, 3, 7, 31, 33, 511, 513, SEGMENT - 1, SEGMENT, SEGMENT + 1}) {
      byte[] fresh = Arrays.copyOf(bytes, size);
      for (int i = 0; i < size; i += 97) {
        fresh[i]++;
      }
      DeltaFiles files = new DeltaFiles(directory, Arrays.copyOf(bytes, 2 * size / 3 + 1), fresh);
      files.encode(TensorAlignment.none());
      assertThat(Arrays.equals(files.decodeAll(), fresh)).as("%d bytes", size).isTrue();
    }
  }

  @Test
  void costsNothingPerSegmentThatStaysInPlace() throws IOException {
    byte[] old = bytes(new Random(SEED), 4 * SEGMENT + 17);
    byte[] fresh = old.clone();
    fresh[2 * SEGMENT + 5]++;
    DeltaFiles files = new DeltaFiles(directory, old, fresh);
    EncodedDelta delta = files.encode(TensorAlignment.none());
    assertThat(delta.deltaBytes()).isLessThan(DeltaHeader.BYTES + 6 + 60);
    assertThat(files.decodeAll()).isEqualTo(fresh);
  }

  @Test
  void findsBytesAgainBehindAnInsertedHeader() throws IOException {
    Random random = new Random(SEED);
    byte[] old = bytes(random, 2 * SEGMENT);
    byte[] fresh = new byte[old.length + 1001];
    random.nextBytes(fresh);
    System.arraycopy(old, 0, fresh, 0, 700);
    System.arraycopy(old, 700, fresh, 1701, old.length - 700);
    DeltaFiles files = new DeltaFiles(directory, old, fresh);
    EncodedDelta delta = files.encode(TensorAlignment.none());
    assertThat(delta.deltaBytes()).isLessThan(1400);
    assertThat(files.decodeAll()).isEqualTo(fresh);
  }

  @Test
  void findsBlocksAgainThatChangedPlaces() throws IOException {
    byte[] old = bytes(new Random(SEED), 2 * SEGMENT);
    byte[] fresh = new byte[old.length];
    System.arraycopy(old, 0, fresh, SEGMENT, SEGMENT);
    System.arraycopy(old, SEGMENT, fresh, 0, SEGMENT);
    DeltaFiles files = new DeltaFiles(directory, old, fresh);
    assertThat(files.encode(TensorAlignment.none()).deltaBytes()).isLessThan(250);
    assertThat(files.decodeAll()).isEqualTo(fresh);
  }

  /** One number in fifty goes one up: about 0.16 bits each, whatever its format. */
  @ParameterizedTest
  @EnumSource
  void tellsSmallChangesOfEveryKindInFewBits(ElementKind kind) throws IOException {
    Random random = new Random(SEED);
    int step = kind.stepBytes();
    byte[] old = bytes(random, 200_000);
    byte[] fresh = old.clone();
    for (int i = 0; i < old.length; i += step) {
      if (random.nextInt(50) == 0 && (fresh[i] & 0xF) < 0xF) {
        fresh[i]++;
      }
    }
    DeltaFiles files = new DeltaFiles(directory, old, fresh);
    Region all = new Region(0, 0, old.length, kind);
    double bits = 8.0 * files.encode(new TensorAlignment(List.of(all))).deltaBytes();
    assertThat(bits / ((double) old.length / step)).isLessThan(0.25);
    assertThat(files.decodeAll()).isEqualTo(fresh);
  }

  @Test
  void findsOutByItselfWhatChangedNumbersAre() throws IOException {
    Random random = new Random(SEED);
    float[] numbers = new float[50_000];
    ByteBuffer old = ByteBuffer.allocate(4 * numbers.length + 3).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer fresh = ByteBuffer.allocate(old.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    old.position(3);
    fresh.position(3);
    for (int i = 0; i < numbers.length; i++) {
      float number = (float) random.nextGaussian();
      old.putFloat(number);
      fresh.putFloat(number * (float) (1 + 1e-5 * random.nextGaussian()));
    }
    DeltaFiles files = new DeltaFiles(directory, old.array(), fresh.array());
    long unaware = files.encode(TensorAlignment.none()).deltaBytes();
    Region all = new Region(3, 3, 4L * numbers.length, ElementKind.FLOAT32);
    long aware = files.encode(new TensorAlignment(List.of(all))).deltaBytes();
    assertThat((double) unaware / aware).isBetween(0.99, 1.02);
    assertThat(files.decodeAll()).isEqualTo(fresh.array());
  }

  @Test
  void ignoresAnAlignmentThatIsWrong() throws IOException {
    byte[] old = bytes(new Random(SEED), SEGMENT);
    byte[] fresh = old.clone();
    fresh[0]++;
    DeltaFiles files = new DeltaFiles(directory, old, fresh);
    List<Region> wrong =
        List.of(
            new Region(0, 5000, 1000, ElementKind.FLOAT32),
            new Region(1001, Long.MAX_VALUE - 5000, 5000, ElementKind.INT4),
            new Region(9999, 0, Long.MAX_VALUE / 2, ElementKind.FLOAT16));
    assertThat(files.encode(new TensorAlignment(wrong)).deltaBytes()).isLessThan(250);
    assertThat(files.decodeAll()).isEqualTo(fresh);
  }

  @Test
  void givesTheSameBytesEveryTime() throws IOException {
    Random random = new Random(SEED);
    byte[] old = bytes(random, 300_000);
    DeltaFiles files = new DeltaFiles(directory, old, edited(random, old));
    files.encode(TensorAlignment.none());
    byte[] first = files.bytes();
    files.encode(TensorAlignment.none());
    assertThat(files.bytes()).isEqualTo(first);
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Cuts, moves, repeats, inserts and changes parts. */
  private static byte[] edited(Random random, byte[] old) {
    List<byte[]> parts = new ArrayList<>();
    int total = 0;
    for (int i = random.nextInt(12); i >= 0; i--) {
      byte[] part = part(random, old);
      parts.add(part);
      total += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(total);
    parts.forEach(all::put);
    return all.array();
  }

  private static byte[] part(Random random, byte[] old) {
    int from = random.nextInt(old.length + 1);
    int to = from + random.nextInt(old.length - from + 1);
    byte[] part = Arrays.copyOfRange(old, from, to);
    switch (random.nextInt(4)) {
      case 0 -> {
        int every = 1 + random.nextInt(100);
        for (int i = 0; i < part.length; i += every) {
          part[i] += (byte) random.nextInt(3);
        }
      }
      case 1 -> random.nextBytes(part);
      case 2 -> Arrays.fill(part, (byte) random.nextInt());
      default -> {} // as it was
    }
    return part;
  }

  /** Right, wrong and impossible regions. */
  private static TensorAlignment alignment(Random random, int oldLength, int newLength) {
    List<Region> regions = new ArrayList<>();
    ElementKind[] kinds = ElementKind.values();
    for (int i = random.nextInt(10); i > 0; i--) {
      regions.add(
          new Region(
              random.nextInt(newLength + 10),
              random.nextInt(oldLength + 10),
              random.nextInt(newLength + 10),
              kinds[random.nextInt(kinds.length)]));
    }
    return new TensorAlignment(regions);
  }
}
