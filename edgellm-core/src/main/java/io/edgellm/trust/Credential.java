package io.edgellm.trust;

import java.util.regex.Pattern;

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
   * Method <i>sigstore</i>: an identity provider vouched for him, a public authority certified that
   * for some minutes, and a transparency log has recorded it.
   *
   * @param issuer the identity provider, for instance {@code
   *     https://token.actions.githubusercontent.com}; exact
   * @param subject whom it vouched for, for instance the address of a workflow: exact, or a
   *     beginning followed by {@code *}
   */
  record Keyless(String issuer, String subject) implements Credential {
    private static final Pattern SUBJECT = Pattern.compile("[^*]+\\*?");

    /** Refuses what would accept everybody: anybody can get a certificate from the authority. */
    public Keyless {
      if (issuer.isBlank() || issuer.contains("*") || !SUBJECT.matcher(subject).matches()) {
        throw new TrustException(
            TrustException.Reason.MALFORMED,
            "A keyless signer needs an exact issuer, and a subject that is exact or a beginning"
                + " followed by '*': anybody can get a certificate from the same authority.",
            "keyless");
      }
    }
  }
}
