package io.edgellm.trust.oms;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The authorities whose certificates count: the trust anchors of a policy, and nothing else. The
 * authorities that come with a JDK vouch for web sites and are never asked. Immutable and
 * thread-safe; two are equal if they hold the same certificates.
 *
 * <p>A chain is validated by RFC 5280 (PKIX) as the JDK implements it. Revocation is not checked: a
 * device may be offline, and a certificate that must not count any more is taken out of the policy.
 * The JDK takes an anchor at its word; that it is an authority, its validity and how many
 * authorities it allows below it are checked here.
 */
public final class CertificateAuthorities {
  private static final String NAME_CONSTRAINTS = "2.5.29.30";
  private static final int MAX_CHAIN = 10;

  private final Set<SigningCertificate> anchors;

  private CertificateAuthorities(Set<SigningCertificate> anchors) {
    this.anchors = Set.copyOf(anchors);
  }

  /**
   * Reads one or more certificates of PEM text; what stands around them is ignored.
   *
   * @throws OmsFault with {@code MALFORMED} if there is none, {@code UNTRUSTED_SIGNER} if a key is
   *     weak, {@code UNSUPPORTED} if an authority is limited to some names, which the JDK does not
   *     enforce for anchors
   */
  public static CertificateAuthorities fromPem(String text) throws OmsFault {
    List<SigningCertificate> anchors = SigningChain.certificates(text);
    for (SigningCertificate anchor : anchors) {
      anchor.requireStrongKey();
      if (anchor.x509().getExtensionValue(NAME_CONSTRAINTS) != null) {
        throw new OmsFault(
            OmsFault.Kind.UNSUPPORTED,
            "The authority '"
                + anchor.subject()
                + "' is limited to some names: trust the authority below it instead.",
            anchor.subject());
      }
    }
    return new CertificateAuthorities(Set.copyOf(anchors));
  }

  /**
   * Returns the anchor that vouches for the first certificate of a chain.
   *
   * <p>What follows the certificate that an anchor issued does not count, so that a chain may end
   * with the anchor itself or not.
   */
  SigningCertificate requireAnchor(List<SigningCertificate> chain, Instant at) throws OmsFault {
    if (chain.size() > MAX_CHAIN) {
      throw OmsFault.malformed(
          "A chain of " + chain.size() + " certificates is longer than any real one.",
          (String) null);
    }
    SigningCertificate leaf = chain.get(0);
    if (anchors.contains(leaf)) {
      requireValid(leaf, at);
      return leaf;
    }
    OmsFault fault = unknown(chain);
    for (int length = 1; length <= chain.size(); length++) {
      List<SigningCertificate> path = chain.subList(0, length);
      for (SigningCertificate anchor : anchors) {
        if (isIssuer(anchor, path.get(length - 1))) {
          try {
            validate(path, anchor, at);
            return anchor;
          } catch (OmsFault e) {
            // Of two anchors with one name, the expired one must not hide the other, and the one
            // that issued nothing here must not hide that the other's certificate has expired.
            fault = fault.kind() == OmsFault.Kind.EXPIRED ? fault : e;
          }
        }
      }
    }
    throw fault;
  }

  private static boolean isIssuer(SigningCertificate anchor, SigningCertificate last) {
    return last.x509().getIssuerX500Principal().equals(anchor.x509().getSubjectX500Principal());
  }

  private static void validate(List<SigningCertificate> path, SigningCertificate anchor, Instant at)
      throws OmsFault {
    for (int i = 0; i < path.size(); i++) {
      path.get(i).requireStrongSignature();
      path.get(i).requireStrongKey();
      if (i > 0) {
        path.get(i).requireAuthority();
      }
    }
    anchor.requireAuthority();
    requireValid(anchor, at);
    requireLength(path, anchor);
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      path.forEach(c -> certificates.add(c.x509()));
      CertPath x509 = CertificateFactory.getInstance("X.509").generateCertPath(certificates);
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor.x509(), null)));
      parameters.setDate(Date.from(at));
      parameters.setRevocationEnabled(false);
      CertPathValidator.getInstance("PKIX").validate(x509, parameters);
    } catch (CertPathValidatorException e) {
      throw invalid(path, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform validates paths by PKIX.", e);
    }
  }

  private static void requireValid(SigningCertificate certificate, Instant at) throws OmsFault {
    if (at.isBefore(certificate.x509().getNotBefore().toInstant())
        || at.isAfter(certificate.x509().getNotAfter().toInstant())) {
      throw expired(certificate, null);
    }
  }

  private static void requireLength(List<SigningCertificate> path, SigningCertificate anchor)
      throws OmsFault {
    long between = path.stream().skip(1).filter(c -> !c.isSelfIssued()).count();
    if (between > anchor.x509().getBasicConstraints()) {
      throw new OmsFault(
          OmsFault.Kind.UNTRUSTED_SIGNER,
          "The authority '"
              + anchor.subject()
              + "' allows fewer authorities below it than this chain has.",
          anchor.subject());
    }
  }

  private static OmsFault invalid(List<SigningCertificate> path, CertPathValidatorException e) {
    SigningCertificate at = path.get(Math.max(0, e.getIndex()));
    if (e.getReason() == BasicReason.EXPIRED || e.getReason() == BasicReason.NOT_YET_VALID) {
      return expired(at, e);
    }
    return new OmsFault(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        "The chain of the certificate is broken at '"
            + at.subject()
            + "' ("
            + e.getMessage()
            + "): sign with a certificate of a trusted authority.",
        at.subject(),
        e);
  }

  private static OmsFault expired(SigningCertificate certificate, @Nullable Throwable cause) {
    return new OmsFault(
        OmsFault.Kind.EXPIRED,
        "The certificate of '"
            + certificate.subject()
            + "' is valid from "
            + certificate.x509().getNotBefore().toInstant()
            + " to "
            + certificate.x509().getNotAfter().toInstant()
            + " only: have the release signed again, or check the clock.",
        certificate.subject(),
        cause);
  }

  private OmsFault unknown(List<SigningCertificate> chain) {
    return new OmsFault(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        "No trusted authority issued the certificate of '"
            + chain.get(0).subject()
            + "'; trusted are "
            + anchors.stream().map(SigningCertificate::subject).sorted().toList()
            + ": add the authority to the policy, or sign with a trusted certificate.",
        chain.get(0).subject());
  }

  /** Returns since when each of them counts. */
  public List<Instant> beginnings() {
    return anchors.stream().map(a -> a.x509().getNotBefore().toInstant()).toList();
  }

  /** Returns the certificates as PEM text in a fixed order: equal authorities, equal texts. */
  public String toPem() {
    return anchors.stream()
        .map(a -> new Pem(SigningChain.LABEL, a.toOctets()).text())
        .sorted()
        .collect(Collectors.joining());
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof CertificateAuthorities other && anchors.equals(other.anchors);
  }

  @Override
  public int hashCode() {
    return anchors.hashCode();
  }

  @Override
  public String toString() {
    return anchors.stream().map(SigningCertificate::subject).sorted().toList().toString();
  }
}
