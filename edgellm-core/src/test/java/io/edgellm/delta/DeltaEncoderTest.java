package io.edgellm.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeltaEncoderTest {
  private static final int SIZE = 3 * DeltaHeader.SEGMENT_BYTES;

  @TempDir Path directory;
  private Path base = Path.of("");
  private Path target = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void makeFiles() throws IOException {
    byte[] bytes = new byte[SIZE];
    new Random(1).nextBytes(bytes);
    base = Files.write(directory.resolve("base"), bytes);
    bytes[SIZE / 2]++;
    target = Files.write(directory.resolve("target"), bytes);
    out = directory.resolve("x.edelta");
  }

  @Test
  void saysWhatItMade() throws IOException {
    EncodedDelta made =
        new DeltaEncoder()
            .encode(base, target, TensorAlignment.none(), out, DeltaListener.silent(), () -> false)
            .orElseThrow();
    assertThat(made)
        .isEqualTo(new EncodedDelta(Sha256.of(base), Sha256.of(target), SIZE, Files.size(out)));
    assertThat(made.share()).isLessThan(0.0001);
    requireOnly("base", "target", "x.edelta");
  }

  @Test
  void makesNothingThatIsNotWorthwhile() throws IOException {
    byte[] other = new byte[SIZE];
    new Random(2).nextBytes(other);
    Files.write(target, other);
    assertThat(
            new DeltaEncoder()
                .encode(
                    base, target, TensorAlignment.none(), out, DeltaListener.silent(), () -> false))
        .isEmpty();
    requireOnly("base", "target");
  }

  @Test
  void leavesNothingBehindWhenItIsCancelled() throws IOException {
    for (int calls = 0; calls < 6; calls++) {
      int[] left = {calls};
      assertThatThrownBy(
              () ->
                  new DeltaEncoder()
                      .encode(
                          base,
                          target,
                          TensorAlignment.none(),
                          out,
                          DeltaListener.silent(),
                          () -> left[0]-- == 0))
          .isInstanceOfSatisfying(
              DeltaException.class,
              e -> assertThat(e.reason()).isEqualTo(DeltaException.Reason.CANCELLED));
      requireOnly("base", "target");
    }
  }

  @Test
  void saysWhichFileIsMissing() {
    assertThatThrownBy(
            () ->
                new DeltaEncoder()
                    .encode(
                        directory.resolve("nothing"),
                        target,
                        TensorAlignment.none(),
                        out,
                        DeltaListener.silent(),
                        () -> false))
        .isInstanceOfSatisfying(
            DeltaException.class, e -> assertThat(e.reason()).isEqualTo(DeltaException.Reason.IO))
        .hasMessageContaining("nothing");
  }

  @Test
  void tellsOfItsProgressToTheEnd() {
    List<Long> done = new ArrayList<>();
    new DeltaEncoder()
        .encode(
            base,
            target,
            TensorAlignment.none(),
            out,
            (doneBytes, totalBytes) -> {
              assertThat(totalBytes).isEqualTo(2L * SIZE);
              done.add(doneBytes);
            },
            () -> false);
    assertThat(done).isSorted().last().isEqualTo(2L * SIZE);
  }

  private void requireOnly(String... names) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(names);
    }
  }
}
