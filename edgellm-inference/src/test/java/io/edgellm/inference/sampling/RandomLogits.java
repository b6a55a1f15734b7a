package io.edgellm.inference.sampling;

import java.util.Random;

/** Logits as tests need them: spread, flat, with ties, with tokens that cannot come. */
final class RandomLogits {
  private RandomLogits() {}

  static float[] gaussian(Random random, int size, double spread) {
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = (float) (random.nextGaussian() * spread);
    }
    return logits;
  }

  /** With ties in every other one, and holes in every third; one token can come at least. */
  static float[] wild(Random random, int size) {
    float[] logits = gaussian(random, size, 0.1 + 5 * random.nextDouble());
    boolean ties = random.nextBoolean();
    boolean holes = random.nextInt(3) == 0;
    for (int i = 0; i < size; i++) {
      if (ties) {
        logits[i] = Math.round(logits[i]);
      }
      if (holes && random.nextInt(4) == 0) {
        logits[i] = Float.NEGATIVE_INFINITY;
      }
    }
    logits[random.nextInt(size)] = 1;
    return logits;
  }
}
