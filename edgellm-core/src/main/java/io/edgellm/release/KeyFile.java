package io.edgellm.release;

import io.edgellm.internal.io.OwnerOnlyFile;
import io.edgellm.trust.oms.Octets;
import io.edgellm.trust.oms.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * A private key in memory, from a file or made anew; for releases and for metadata.
 *
 * <p>Files are PEM with PKCS#8 (RFC 5958), plain or protected by a password (PBES2 with PBKDF2 and
 * AES, RFC 8018), as {@code openssl genpkey} and {@code openssl pkcs8 -topk8} write them. A key on
 * an elliptic curve must contain its public key, which {@code openssl} sees to. Passwords are
 * ASCII, which is all that Java's implementation takes. Immutable and thread-safe.
 */
public final class KeyFile implements SigningKey {
  private static final int MAX_PEM_BYTES = 64 << 10;
  private static final byte[] PROBE = "probe".getBytes(StandardCharsets.US_ASCII);

  private final KeyPair pair;
  private final SignatureScheme scheme;

  private KeyFile(KeyPair pair) throws GeneralSecurityException {
    this.pair = pair;
    this.scheme = SignatureScheme.of(pair.getPublic());
    if (!scheme.verifies(pair.getPublic(), PROBE, scheme.sign(pair.getPrivate(), null, PROBE))) {
      throw new GeneralSecurityException("its public half does not belong to it");
    }
  }

  /** Makes a new key from the platform's strong randomness; it is lost unless it is saved. */
  public static KeyFile generate(KeyAlgorithm algorithm) {
    try {
      return new KeyFile(algorithm.generate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java 17 platform signs with " + algorithm + ".", e);
    }
  }

  /**
   * Reads a private key that is not protected.
   *
   * @throws ReleaseException as {@link #read(Path, Passphrase)}
   */
  public static KeyFile read(Path file) {
    return read(file, Passphrase.none());
  }

  /**
   * Reads a private key.
   *
   * @param file PEM with {@code PRIVATE KEY}, {@code ENCRYPTED PRIVATE KEY} or {@code EC PRIVATE
   *     KEY}, at most 64 KiB
   * @param password asked if the key is protected by one
   * @throws ReleaseException with {@code BAD_KEY} or {@code IO}
   */
  public static KeyFile read(Path file, Passphrase password) {
    try (InputStream in = Files.newInputStream(file)) {
      return fromPem(
          new String(in.readNBytes(MAX_PEM_BYTES), StandardCharsets.UTF_8),
          password,
          file.toString());
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "The private key cannot be read (" + e + "): check the path and the permissions.",
          file.toString(),
          e);
    }
  }

  /**
   * Takes the text of a private key that is not protected, for instance from a secret of the build
   * system.
   *
   * @throws ReleaseException with {@code BAD_KEY}
   */
  public static KeyFile fromPem(String text) {
    return fromPem(text, Passphrase.none());
  }

  /**
   * Takes the text of a private key.
   *
   * @param password asked if the key is protected by one
   * @throws ReleaseException with {@code BAD_KEY}
   */
  public static KeyFile fromPem(String text, Passphrase password) {
    return fromPem(text, password, null);
  }

  private static KeyFile fromPem(String text, Passphrase password, @Nullable String subject) {
    try {
      return new KeyFile(PrivateKeyCodec.read(text, password));
    } catch (GeneralSecurityException e) {
      throw new ReleaseException(
          ReleaseException.Reason.BAD_KEY,
          "The private key cannot be used ("
              + e.getMessage()
              + "): take one in PKCS#8 on P-256, P-384 or P-521, for Ed25519, or for RSA.",
          subject,
          e);
    }
  }

  /**
   * Writes the private key, unprotected, into a new file that only its owner can read (where the
   * file system knows permissions).
   *
   * @throws ReleaseException with {@code EXISTS} if the file is there, or {@code IO}
   */
  public void save(Path file) {
    write(file, new Pem(PrivateKeyCodec.PLAIN, Octets.of(PrivateKeyCodec.encode(pair))));
  }

  /**
   * Writes the private key, protected by a password, into a new file that only its owner can read:
   * AES-256, the key derived by PBKDF2 with HMAC-SHA-256 in 600 000 rounds.
   *
   * @throws ReleaseException with {@code BAD_KEY} if the password cannot be used, {@code EXISTS} if
   *     the file is there, or {@code IO}
   */
  public void save(Path file, Passphrase password) {
    byte[] encrypted = ProtectedKey.encrypt(PrivateKeyCodec.encode(pair), password);
    write(file, new Pem(PrivateKeyCodec.PROTECTED, Octets.of(encrypted)));
  }

  private static void write(Path file, Pem pem) {
    try {
      OwnerOnlyFile.create(file, pem.text().getBytes(StandardCharsets.US_ASCII));
    } catch (FileAlreadyExistsException e) {
      throw new ReleaseException(
          ReleaseException.Reason.EXISTS,
          "There is a file already, and a key is never overwritten: choose another name.",
          file.toString(),
          e);
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "The private key cannot be written (" + e + "): check the directory.",
          file.toString(),
          e);
    }
  }

  @Override
  public PublicKey publicKey() {
    return pair.getPublic();
  }

  @Override
  public byte[] sign(byte[] message) {
    try {
      return scheme.sign(pair.getPrivate(), null, message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A key that has signed before signs.", e);
    }
  }

  /** Names the algorithm only. */
  @Override
  public String toString() {
    return "private key for " + scheme.algorithm();
  }
}
