package io.edgellm.release.tuf;

import io.edgellm.release.KeyAlgorithm;
import io.edgellm.release.KeyFile;
import io.edgellm.release.ReleaseException;
import java.nio.file.Path;

/** A private key for metadata in memory, from a file or made anew. Thread-safe. */
public final class TufSigningKey implements TufSigner {
  private final KeyFile file;
  private final TufSigner signer;

  private TufSigningKey(KeyFile file) {
    this.file = file;
    this.signer = TufSigner.of(file);
  }

  /** Makes a new key from the platform's strong randomness; it is lost unless it is saved. */
  public static TufSigningKey generate(TufAlgorithm algorithm) {
    return new TufSigningKey(
        KeyFile.generate(
            switch (algorithm) {
              case ED25519 -> KeyAlgorithm.ED25519;
              case ECDSA_P256 -> KeyAlgorithm.ECDSA_P256;
              case RSA_PSS -> KeyAlgorithm.RSA_3072;
            }));
  }

  /**
   * Reads a private key that is not protected by a password; {@link KeyFile} reads others, too.
   *
   * @param file PEM with {@code PRIVATE KEY}, at most 64 KiB
   * @throws ReleaseException with {@code BAD_KEY} or {@code IO}
   */
  public static TufSigningKey read(Path file) {
    return new TufSigningKey(KeyFile.read(file));
  }

  /**
   * Takes the text of a private key, for instance from a secret of the build system.
   *
   * @throws ReleaseException with {@code BAD_KEY}
   */
  public static TufSigningKey fromPem(String text) {
    return new TufSigningKey(KeyFile.fromPem(text));
  }

  /**
   * Writes the private key into a new file that only its owner can read.
   *
   * @throws ReleaseException as {@link KeyFile#save(Path)}
   */
  public void save(Path path) {
    file.save(path);
  }

  @Override
  public TufKey key() {
    return signer.key();
  }

  @Override
  public byte[] sign(byte[] message) {
    return signer.sign(message);
  }

  /** Names the public key only. */
  @Override
  public String toString() {
    return signer.toString();
  }
}
