package io.edgellm.inference.prefix;

import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Whose cache an image is. Images go from one sequence to another only between equal keys: under
 * another model, another layout or another runtime the same bytes mean something else.
 *
 * @param model digest of the files that decide what the model computes: graph, weights and adapters
 * @param layout digest of the names, shapes and element types of the cache tensors in their order;
 *     of the execution provider, whose rounding is in the values; and of the most tokens that a
 *     sequence may have, since a longer image could not be restored
 * @param runtime the version of the runtime, at most 28 characters of ASCII
 * @param divisible whether an image of n tokens also serves each shorter prefix, as the cache of
 *     attention does after a rewind; recurrent states serve exactly the prefix that they were taken
 *     after
 */
public record ModelKey(Sha256 model, Sha256 layout, String runtime, boolean divisible) {
  static final int RUNTIME_BYTES = 28;

  /** Refuses a runtime version that has no room in a snapshot. */
  public ModelKey {
    boolean fits = !runtime.isEmpty() && runtime.length() <= RUNTIME_BYTES;
    if (!fits || !runtime.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "'" + runtime + "' is not a version of 1 to " + RUNTIME_BYTES + " ASCII characters");
    }
  }

  /** Names the key in file names. */
  Sha256 digest() {
    MessageDigest digest = Sha256.newDigest();
    digest.update(model.bytes());
    digest.update(layout.bytes());
    digest.update((byte) (divisible ? 1 : 0));
    digest.update(runtime.getBytes(StandardCharsets.US_ASCII));
    return Sha256.of(digest.digest(), 0);
  }
}
