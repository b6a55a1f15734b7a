package io.edgellm.trust;

import io.edgellm.trust.sigstore.KeylessIdentity;

/**
 * By what a device recognizes a signer: one alternative for each method of OpenSSF Model Signing.
 */
public sealed interface Credential {
  /**
   * Method <i>key</i>: he holds a key.
   *
   * @param key the public key
   */
  record Key(SignerKey key) implements Credential {}

  /**
   * Method <i>certificate</i>: an authority certified his key, and named him.
   *
   * <p>Only the authorities given here count, never those of the platform. Whether a certificate
   * was withdrawn is not asked for.
   *
   * @param authoritiesPem the certificates of the authorities, as PEM text; kept in a normal form
   * @param identity whom his certificate must name: {@code uri:…}, {@code dns:…} or {@code email:…}
   *     for a subject alternative name, of which a URI may be a beginning up to a path followed by
   *     {@code *}; {@code subject:…} for a whole distinguished name; or {@code any} for whomever an
   *     authority that exists for this certifies
   */
  record Certificate(String authoritiesPem, String identity) implements Credential {
    /** Refuses what is no authority, and what names nobody. */
    public Certificate {
      authoritiesPem = CertificateNames.authorities(authoritiesPem).toPem();
      CertificateNames.identity(identity);
    }
  }

  /**
   * Method <i>sigstore</i>: a provider of accounts vouched for him, a public authority certified
   * that for some minutes, and a transparency log has recorded the signature.
   *
   * <p>Needs sigstore-java in the application, which is not asked for before a verifier is made.
   *
   * @param issuer the address of the provider, for instance {@code
   *     https://token.actions.githubusercontent.com}; exact
   * @param subject the account: a mail address, or the address of a workflow, which may end with
   *     {@code *} behind its host
   */
  record Keyless(String issuer, String subject) implements Credential {
    /** Refuses what would let anybody sign. */
    public Keyless {
      try {
        new KeylessIdentity(issuer, subject);
      } catch (IllegalArgumentException e) {
        throw new TrustException(
            TrustException.Reason.MALFORMED, String.valueOf(e.getMessage()), "keyless", e);
      }
    }
  }
}
