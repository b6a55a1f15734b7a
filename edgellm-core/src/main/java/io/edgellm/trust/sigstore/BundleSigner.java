package io.edgellm.trust.sigstore;

import io.edgellm.model.Sha256;

/** Who signed a bundle, as the signature proves it. */
public sealed interface BundleSigner {

  /** Returns a line for receipts and logs. */
  String describe();

  /**
   * An account.
   *
   * @param issuer the provider of accounts
   * @param subject the account: a mail address or the address of a workflow, the one alternative
   *     name of the certificate
   */
  record Account(String issuer, String subject) implements BundleSigner {
    @Override
    public String describe() {
      return subject + " (" + issuer + ")";
    }
  }

  /**
   * A key.
   *
   * @param algorithm for instance {@code ecdsa-p256}
   * @param fingerprint the SHA-256 of the public key as PEM text
   */
  record Key(String algorithm, Sha256 fingerprint) implements BundleSigner {
    @Override
    public String describe() {
      return algorithm + " " + fingerprint;
    }
  }

  /**
   * The holder of a certificate.
   *
   * @param identity whom the certificate names, and who certified it
   */
  record Certified(String identity) implements BundleSigner {
    @Override
    public String describe() {
      return identity;
    }
  }
}
