package io.edgellm.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A SHA-256 digest: the name of some bytes.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Sha256(String hex) implements Comparable<Sha256> {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
  private static final int BUFFER_BYTES = 1 << 20;

  /** Refuses what is not a digest. */
  public Sha256 {
    if (!HEX.matcher(hex).matches()) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "'" + hex + "' is not a SHA-256 digest: write 64 lower-case hexadecimal digits.",
          hex);
    }
  }

  /** Returns the digest of {@code bytes}. */
  public static Sha256 of(byte[] bytes) {
    return of(newDigest().digest(bytes), 0);
  }

  /** Returns the digest of a file, read once in pieces of 1 MiB. */
  public static Sha256 of(Path file) throws IOException {
    MessageDigest digest = newDigest();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return of(digest.digest(), 0);
  }

  /** Takes the 32 bytes of a finished digest at {@code offset}. */
  public static Sha256 of(byte[] digest, int offset) {
    return new Sha256(HexFormat.of().formatHex(digest, offset, offset + 32));
  }

  /** Returns a digest to be fed piece by piece; its result goes to {@link #of(byte[], int)}. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  /** Returns the 32 bytes. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public int compareTo(Sha256 other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
