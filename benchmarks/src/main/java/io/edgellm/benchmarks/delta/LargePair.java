package io.edgellm.benchmarks.delta;

import io.edgellm.delta.ElementKind;
import io.edgellm.delta.TensorAlignment;
import io.edgellm.delta.TensorAlignment.Region;
import io.edgellm.model.Artifact;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A large file of random codes, and the same with about one code in fifty one lower. */
final class LargePair {
  private static final int PIECE = Artifact.CHUNK_BYTES;
  private static final long SEED = 3;

  private LargePair() {}

  static FileChange in(Path folder, int mebibytes) throws IOException {
    Path base = folder.resolve("large-base");
    Path target = folder.resolve("large-target");
    SplittableRandom random = new SplittableRandom(SEED);
    List<Region> regions = new ArrayList<>();
    byte[] piece = new byte[PIECE];
    try (OutputStream old = new BufferedOutputStream(Files.newOutputStream(base));
        OutputStream fresh = new BufferedOutputStream(Files.newOutputStream(target))) {
      for (int i = 0; i < mebibytes; i++) {
        random.nextBytes(piece);
        old.write(piece);
        lower(piece, random);
        fresh.write(piece);
        long offset = (long) i * PIECE;
        regions.add(new Region(offset, offset, PIECE, ElementKind.INT4));
      }
    }
    return new FileChange(
        "%,d MiB of codes, of which one in fifty changed".formatted(mebibytes),
        base,
        target,
        new TensorAlignment(regions),
        false);
  }

  private static void lower(byte[] piece, SplittableRandom random) {
    for (int i = random.nextInt(50); i < piece.length; i += 1 + random.nextInt(49)) {
      int low = piece[i] & 0xF;
      piece[i] = (byte) (piece[i] ^ low ^ (low == 0 ? 1 : low - 1));
    }
  }
}
