package io.edgellm.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.Delta;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any chunk can be made by itself, and a delta for other files is refused before anything. */
class DeltaDecoderTest {
  private static final int SEGMENT = DeltaHeader.SEGMENT_BYTES;
  private static final int SEGMENTS = 5;

  @TempDir Path directory;
  private byte[] fresh = new byte[0];
  private DeltaFiles files;

  @BeforeEach
  void makeADelta() throws IOException {
    Random random = new Random(7);
    byte[] old = new byte[(SEGMENTS - 1) * SEGMENT + 777];
    random.nextBytes(old);
    fresh = old.clone();
    for (int i = SEGMENT; i < fresh.length; i += 1 + random.nextInt(100)) {
      fresh[i]++;
    }
    files = new DeltaFiles(directory, old, fresh);
    files.encode(TensorAlignment.none());
  }

  @Test
  void beginsAtAnySegment() throws IOException {
    for (int i = 0; i < SEGMENTS; i++) {
      BitSet rest = new BitSet();
      rest.set(i, SEGMENTS);
      assertThat(files.decode(files.described(), rest))
          .isEqualTo(Arrays.copyOfRange(fresh, i * SEGMENT, fresh.length));
    }
  }

  @Test
  void makesOnlyTheChunksThatAreWanted() throws IOException {
    BitSet wanted = new BitSet();
    wanted.set(1);
    wanted.set(3);
    List<Integer> made = new ArrayList<>();
    files.decode(
        files.described(),
        wanted,
        (chunk, bytes) -> {
          made.add(chunk);
          return files.isRight(chunk, bytes);
        });
    assertThat(made).containsExactly(1, 3);
  }

  @Test
  void refusesChunksThatDoNotExist() {
    BitSet wanted = new BitSet();
    wanted.set(SEGMENTS);
    assertThatThrownBy(() -> files.decode(files.described(), wanted))
        .isInstanceOfSatisfying(
            DeltaException.class,
            e -> assertThat(e.reason()).isEqualTo(DeltaException.Reason.MALFORMED));
  }

  @Test
  void endsAtTheFirstChunkThatIsNotTaken() throws IOException {
    BitSet all = new BitSet();
    all.set(0, SEGMENTS);
    List<Integer> offered = new ArrayList<>();
    DeltaDecoder.Sink sink =
        (chunk, bytes) -> {
          offered.add(chunk);
          return chunk < 2;
        };
    assertThatThrownBy(() -> files.decode(files.described(), all, sink))
        .isInstanceOfSatisfying(
            DeltaException.class,
            e -> assertThat(e.reason()).isEqualTo(DeltaException.Reason.WRONG_RESULT));
    assertThat(offered).containsExactly(0, 1, 2);
  }

  @Test
  void refusesADeltaForAnotherOldFile() throws IOException {
    Delta right = files.described();
    requireWrongBase(new Delta(Sha256.of(new byte[1]), right.target(), right.file()));
  }

  @Test
  void refusesADeltaForAnotherNewFile() throws IOException {
    Delta right = files.described();
    requireWrongBase(new Delta(right.base(), Sha256.of(new byte[1]), right.file()));
  }

  @Test
  void refusesAnOldFileOfAnotherSize() throws IOException {
    Delta right = files.described();
    Files.write(files.base(), new byte[5]);
    requireWrongBase(right);
  }

  @Test
  void noticesAnOldFileThatIsDamaged() throws IOException {
    Delta right = files.described();
    byte[] damaged = Files.readAllBytes(files.base());
    damaged[2 * SEGMENT] ^= 1;
    Files.write(files.base(), damaged);
    BitSet all = new BitSet();
    all.set(0, SEGMENTS);
    assertThatThrownBy(() -> files.decode(right, all))
        .isInstanceOfSatisfying(
            DeltaException.class,
            e ->
                assertThat(e.reason())
                    .isIn(DeltaException.Reason.WRONG_RESULT, DeltaException.Reason.MALFORMED));
  }

  @Test
  void saysHowMuchOfTheDeltaMakesAChunk() throws IOException {
    try (var delta = FileChannel.open(files.file());
        var old = FileChannel.open(files.base())) {
      DeltaDecoder decoder = DeltaDecoder.open(files.described(), delta, old);
      assertThat(decoder.segments()).isEqualTo(SEGMENTS);
      assertThat(decoder.segmentBytes(0)).isZero();
      assertThat(decoder.segmentBytes(1)).isPositive();
    }
  }

  private void requireWrongBase(Delta expected) {
    assertThatThrownBy(() -> files.decode(expected, new BitSet()))
        .isInstanceOfSatisfying(
            DeltaException.class,
            e -> assertThat(e.reason()).isEqualTo(DeltaException.Reason.WRONG_BASE));
  }
}
