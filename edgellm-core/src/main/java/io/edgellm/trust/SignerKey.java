package io.edgellm.trust;

import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.EcVerificationKey;
import io.edgellm.trust.oms.OmsFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The public key of somebody who signs releases: ECDSA on P-256, P-384 or P-521.
 *
 * <p>Two keys are equal if they are the same key, however their files were written. Immutable and
 * thread-safe.
 */
public final class SignerKey {
  private static final int MAX_PEM_BYTES = 64 << 10;

  private final EcVerificationKey key;

  private SignerKey(EcVerificationKey key) {
    this.key = key;
  }

  /**
   * Reads PEM text with a {@code PUBLIC KEY}, as {@code openssl pkey -pubout} writes it; text
   * around it is ignored.
   *
   * @throws TrustException with {@code MALFORMED}
   */
  public static SignerKey fromPem(String text) {
    try {
      return new SignerKey(EcVerificationKey.fromPem(text));
    } catch (OmsFault e) {
      throw new TrustException(TrustException.Reason.MALFORMED, e.sentence(), e.subject(), e);
    }
  }

  /**
   * Reads a PEM file of at most 64 KiB.
   *
   * @throws TrustException with {@code MALFORMED}, or {@code UNREADABLE}
   */
  public static SignerKey read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return fromPem(new String(in.readNBytes(MAX_PEM_BYTES), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new TrustException(
          TrustException.Reason.UNREADABLE,
          "The key cannot be read (" + e + "): check the path and the permissions.",
          file.toString(),
          e);
    }
  }

  /** Returns the key as PEM text in its normal form. */
  public String toPem() {
    return key.toPem();
  }

  /** Returns the SHA-256 of {@link #toPem()}, which is how signatures name their key. */
  public Sha256 fingerprint() {
    return key.hint();
  }

  /** Returns the algorithm, for instance {@code ecdsa-p256}. */
  public String algorithm() {
    return key.curve().label();
  }

  EcVerificationKey key() {
    return key;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof SignerKey other && toPem().equals(other.toPem());
  }

  @Override
  public int hashCode() {
    return toPem().hashCode();
  }

  @Override
  public String toString() {
    return algorithm() + " " + fingerprint();
  }
}
