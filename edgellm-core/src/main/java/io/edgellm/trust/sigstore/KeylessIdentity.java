package io.edgellm.trust.sigstore;

import java.net.URI;

/**
 * Who may sign without a key: an account, as the provider of accounts calls it and Sigstore's
 * certificate authority certifies it.
 *
 * @param issuer the address of the provider, compared as it is, for instance {@code
 *     https://token.actions.githubusercontent.com}
 * @param subject the account: a mail address, or the address of a workflow. A {@code *} at its end
 *     stands for any text; it may stand only behind scheme, host and a slash of a web address, as
 *     in {@code https://github.com/acme/models/.github/workflows/release.yml@refs/tags/*}. Mind
 *     where the fixed part ends: {@code https://github.com/acme*} is also {@code acme-evil}
 */
public record KeylessIdentity(String issuer, String subject) {

  /**
   * Refuses what would let anybody sign.
   *
   * @throws IllegalArgumentException if issuer or subject are empty, or the pattern is too wide
   */
  public KeylessIdentity {
    if (issuer.isBlank() || issuer.contains("*") || subject.isBlank()) {
      throw new IllegalArgumentException("A keyless signer has an exact issuer, and a subject.");
    }
    int star = subject.indexOf('*');
    if (star >= 0 && (star != subject.length() - 1 || !namesAHost(subject.substring(0, star)))) {
      throw new IllegalArgumentException(
          "'"
              + subject
              + "' is too wide: a '*' stands at the end of a web address, behind the host.");
    }
  }

  private static boolean namesAHost(String prefix) {
    int path = prefix.indexOf('/', prefix.indexOf("://") + 3);
    if (!prefix.startsWith("https://") || path < 0 || path == prefix.length() - 1) {
      return false;
    }
    try {
      return URI.create(prefix.substring(0, path)).getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  boolean matches(String foundIssuer, String foundSubject) {
    return issuer.equals(foundIssuer) && matchesSubject(foundSubject);
  }

  boolean matchesSubject(String found) {
    return subject.endsWith("*")
        ? found.startsWith(subject.substring(0, subject.length() - 1))
        : found.equals(subject);
  }

  @Override
  public String toString() {
    return subject + " (" + issuer + ")";
  }
}
