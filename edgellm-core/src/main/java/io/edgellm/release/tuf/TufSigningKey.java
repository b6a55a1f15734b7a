package io.edgellm.release.tuf;

import io.edgellm.internal.io.OwnerOnlyFile;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.Octets;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A private key in memory, from a file or made anew.
 *
 * <p>Files are PEM with PKCS#8, unencrypted, as {@code openssl genpkey} writes them. A key for
 * ECDSA must contain its public key, which {@code openssl} sees to. Thread-safe.
 */
public final class TufSigningKey implements TufSigner {
  private static final int MAX_PEM_BYTES = 64 << 10;
  private static final int RSA_BITS = 3072;
  private static final String LABEL = "PRIVATE KEY";
  private static final byte[] PROBE = "probe".getBytes(StandardCharsets.US_ASCII);

  private interface Signing {
    byte[] sign(byte[] message) throws GeneralSecurityException;
  }

  private final TufKey key;
  private final Signing signing;
  private final Supplier<String> pem;

  private TufSigningKey(TufKey key, Signing signing, Supplier<String> pem) {
    this.key = key;
    this.signing = signing;
    this.pem = pem;
    if (!key.verifies(PROBE, sign(PROBE))) {
      throw bad("its public half does not belong to it", null);
    }
  }

  /** Makes a new key from the platform's strong randomness; it is lost unless it is saved. */
  public static TufSigningKey generate(TufAlgorithm algorithm) {
    return switch (algorithm) {
      case ED25519 -> of(pair("Ed25519", NamedParameterSpec.ED25519));
      case ECDSA_P256 -> of(EcSigningKey.generate(EcdsaCurve.P256));
      case RSA_PSS ->
          of(pair("RSA", new RSAKeyGenParameterSpec(RSA_BITS, RSAKeyGenParameterSpec.F4)));
    };
  }

  private static KeyPair pair(String algorithm, AlgorithmParameterSpec parameters) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(parameters);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java 17 platform has " + algorithm + ".", e);
    }
  }

  private static TufSigningKey of(KeyPair pair) {
    PrivateKey secret = pair.getPrivate();
    return new TufSigningKey(
        TufKey.of(pair.getPublic()),
        secret instanceof RSAPrivateCrtKey
            ? message -> sign(secret, "RSASSA-PSS", message)
            : message -> sign(secret, "Ed25519", message),
        () -> new Pem(LABEL, Octets.of(secret.getEncoded())).text());
  }

  private static TufSigningKey of(EcSigningKey secret) {
    return new TufSigningKey(
        TufKey.fromPem(secret.publicKey().toPem()), secret::sign, secret::toPem);
  }

  private static byte[] sign(PrivateKey secret, String algorithm, byte[] message)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    if (algorithm.equals("RSASSA-PSS")) {
      signature.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    }
    signature.initSign(secret);
    signature.update(message);
    return signature.sign();
  }

  /**
   * Reads a private key.
   *
   * @param file PEM with {@code PRIVATE KEY}, at most 64 KiB
   * @throws ReleaseException with {@code BAD_KEY} or {@code IO}
   */
  public static TufSigningKey read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return fromPem(new String(in.readNBytes(MAX_PEM_BYTES), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "The private key cannot be read (" + e + "): check the path and the permissions.",
          file.toString(),
          e);
    }
  }

  /**
   * Takes the text of a private key, for instance from a secret of the build system.
   *
   * @throws ReleaseException with {@code BAD_KEY}
   */
  public static TufSigningKey fromPem(String text) {
    try {
      for (Pem block : Pem.blocks(text)) {
        if (block.label().equals(LABEL)) {
          return fromPkcs8(block.content().toBytes(), text);
        }
      }
    } catch (OmsFault e) {
      throw bad(String.valueOf(e.getMessage()), e);
    } catch (GeneralSecurityException e) {
      throw bad(String.valueOf(e.getMessage()), e);
    }
    throw bad("there is no '-----BEGIN PRIVATE KEY-----' in it", null);
  }

  private static TufSigningKey fromPkcs8(byte[] der, String text)
      throws OmsFault, GeneralSecurityException {
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(der);
    try {
      PrivateKey secret = KeyFactory.getInstance("Ed25519").generatePrivate(encoded);
      return of(Ed25519Pair.of((EdECPrivateKey) secret));
    } catch (InvalidKeySpecException e) {
      // Not Ed25519.
    }
    try {
      KeyFactory rsa = KeyFactory.getInstance("RSA");
      RSAPrivateCrtKey secret = (RSAPrivateCrtKey) rsa.generatePrivate(encoded);
      return of(
          new KeyPair(
              rsa.generatePublic(
                  new RSAPublicKeySpec(secret.getModulus(), secret.getPublicExponent())),
              secret));
    } catch (InvalidKeySpecException e) {
      return of(EcSigningKey.fromPem(text));
    }
  }

  /**
   * Writes the private key into a new file that only its owner can read (where the file system
   * knows permissions).
   *
   * @throws ReleaseException with {@code EXISTS} if the file is there, or {@code IO}
   */
  public void save(Path file) {
    try {
      OwnerOnlyFile.create(file, pem.get().getBytes(StandardCharsets.US_ASCII));
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
  public TufKey key() {
    return key;
  }

  @Override
  public byte[] sign(byte[] message) {
    try {
      return signing.sign(message);
    } catch (GeneralSecurityException e) {
      throw bad("it cannot sign: " + e.getMessage(), e);
    }
  }

  private static ReleaseException bad(String why, @Nullable Throwable cause) {
    return new ReleaseException(
        ReleaseException.Reason.BAD_KEY,
        "The private key cannot be used ("
            + why
            + "): take an unencrypted one in PKCS#8 for Ed25519, ECDSA on P-256, or RSA with 2048"
            + " to 8192 bits.",
        null,
        cause);
  }

  /** Names the public key only. */
  @Override
  public String toString() {
    return "signer " + key;
  }
}
