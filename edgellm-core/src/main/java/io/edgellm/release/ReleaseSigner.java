package io.edgellm.release;

import io.edgellm.trust.SignerKey;
import io.edgellm.trust.oms.EcVerificationKey;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsKey;
import io.edgellm.trust.oms.OmsSigner;
import io.edgellm.trust.oms.SigningChain;
import java.nio.file.Path;
import java.security.interfaces.ECPublicKey;

/**
 * Signs releases with a private key, by the methods <i>key</i> and <i>certificate</i> of OpenSSF
 * Model Signing v1.0: any verifier of that format can check a release, the one of its reference
 * implementation as well. Thread-safe.
 */
public final class ReleaseSigner implements ManifestSigner {
  private final OmsKey key;
  private final OmsSigner signer;
  private final String holder;

  private ReleaseSigner(OmsKey key, OmsSigner signer, String holder) {
    this.key = key;
    this.signer = signer;
    this.holder = holder;
  }

  /**
   * Signs with a key on P-256, P-384 or P-521, wherever it is.
   *
   * @throws ReleaseException with {@code BAD_KEY} if it is another kind of key
   */
  public static ReleaseSigner of(SigningKey key) {
    try {
      if (key.publicKey() instanceof ECPublicKey point) {
        OmsKey checked = new CheckedKey(key, EcVerificationKey.of(point));
        return new ReleaseSigner(checked, new OmsSigner(checked), checked.publicKey().toString());
      }
      throw new ReleaseException(
          ReleaseException.Reason.BAD_KEY,
          "Releases are signed on P-256, P-384 or P-521, and this key is for "
              + key.publicKey().getAlgorithm()
              + ": take another one.",
          null);
    } catch (OmsFault e) {
      throw bad(e);
    }
  }

  /** Makes a new key on P-256 for one run; it is lost afterwards. */
  public static ReleaseSigner generate() {
    return of(KeyFile.generate(KeyAlgorithm.ECDSA_P256));
  }

  /**
   * Reads a private key that is not protected by a password; {@link KeyFile} reads others, too.
   *
   * @throws ReleaseException as {@link KeyFile#read(Path)} and {@link #of}
   */
  public static ReleaseSigner read(Path file) {
    return of(KeyFile.read(file));
  }

  /**
   * Takes the text of a private key, for instance from a secret of the build system.
   *
   * @throws ReleaseException as {@link KeyFile#fromPem(String)} and {@link #of}
   */
  public static ReleaseSigner fromPem(String text) {
    return of(KeyFile.fromPem(text));
  }

  /**
   * Returns a signer whose signatures carry certificates, for devices that trust the authority that
   * issued them in place of the key. The releases must be signed again before a certificate
   * expires.
   *
   * @param pem certificates as PEM text: that of this key first, each followed by the one that
   *     issued it; the last one, the authority that devices know, may be left out
   * @throws ReleaseException with {@code BAD_KEY} if the first certificate belongs to another key
   *     or is not for signing code, or if the order is another one
   */
  public ReleaseSigner withCertificates(String pem) {
    try {
      SigningChain chain = SigningChain.fromPem(pem);
      return new ReleaseSigner(key, signer.withCertificates(chain), chain.holder());
    } catch (OmsFault e) {
      throw bad(e);
    }
  }

  private static ReleaseException bad(OmsFault e) {
    return new ReleaseException(ReleaseException.Reason.BAD_KEY, e.sentence(), e.subject(), e);
  }

  /** Returns the public key, for the policies of devices. */
  public SignerKey publicKey() {
    return SignerKey.fromPem(key.publicKey().toPem());
  }

  /**
   * {@inheritDoc}
   *
   * @throws ReleaseException with {@code BAD_KEY} if the key returns something that is no signature
   *     by it, or {@code TOKEN}
   */
  @Override
  public byte[] signStatement(byte[] statement) {
    return signer.sign(statement);
  }

  @Override
  public String describe() {
    return holder;
  }

  /** Believes no signature unseen: keys may be on devices that fail. */
  private record CheckedKey(SigningKey key, EcVerificationKey publicKey) implements OmsKey {
    @Override
    public byte[] sign(byte[] message) {
      byte[] signature = key.sign(message.clone());
      if (!publicKey.verifies(message, signature)) {
        throw new ReleaseException(
            ReleaseException.Reason.BAD_KEY,
            "The key returned something that is no signature by it: check the device or service"
                + " that has it.",
            publicKey.toString());
      }
      return signature;
    }
  }
}
