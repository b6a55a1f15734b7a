package io.edgellm.benchmarks.store;

import io.edgellm.model.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Random;

/**
 * How fast a file is hashed, beside what the processor can do at most: the same bytes, in memory
 * already, in one thread. The file is in the page cache; a disk only adds to both. Each round
 * measures both in turns, so that what else runs on the machine falls on both.
 */
final class HashingRate {
  private static final int BYTES = 256 << 20;
  private static final int PIECE_BYTES = 1 << 20;
  private static final int ROUNDS = 9;

  private final Durations file = new Durations();
  private final Durations memory = new Durations();

  void measure(Path directory) throws Exception {
    byte[] bytes = new byte[BYTES];
    new Random(1).nextBytes(bytes);
    Path path = Files.write(directory.resolve("hashed"), bytes);
    Sha256 expected = hash(bytes);
    for (int round = 0; round < ROUNDS; round++) {
      memory.measure(() -> hash(bytes));
      file.measure(() -> requireSame(expected, Sha256.of(path)));
    }
    Files.delete(path);
  }

  private static Sha256 hash(byte[] bytes) {
    MessageDigest digest = Sha256.newDigest();
    for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
      digest.update(bytes, at, PIECE_BYTES);
    }
    return Sha256.of(digest.digest(), 0);
  }

  private static void requireSame(Sha256 expected, Sha256 actual) {
    if (!expected.equals(actual)) {
      throw new IllegalStateException("The file has the digest " + actual);
    }
  }

  /** Returns the share of the rate in memory, from the best round of each. */
  double share() {
    return memory.percentile(0) / file.percentile(0);
  }

  String sentence() {
    return String.format(
        Locale.ROOT,
        "A file of %d MiB in the page cache is hashed at %.2f GB/s, %.0f %% of the %.2f GB/s of"
            + " SHA-256 in one thread on bytes in memory (target: 90 %%).%n",
        BYTES >> 20,
        BYTES / 1e6 / file.percentile(0),
        share() * 100,
        BYTES / 1e6 / memory.percentile(0));
  }
}
