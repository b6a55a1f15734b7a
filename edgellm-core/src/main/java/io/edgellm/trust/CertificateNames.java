package io.edgellm.trust;

import io.edgellm.trust.oms.CertificateAuthorities;
import io.edgellm.trust.oms.CertificateIdentity;
import io.edgellm.trust.oms.CertificateIdentity.AlternativeName;
import io.edgellm.trust.oms.CertificateIdentity.NameType;
import io.edgellm.trust.oms.OmsFault;

/** Reads how a policy names authorities and whom they certified. */
final class CertificateNames {
  private CertificateNames() {}

  static CertificateAuthorities authorities(String pem) {
    try {
      return CertificateAuthorities.fromPem(pem);
    } catch (OmsFault e) {
      throw malformed(e);
    }
  }

  static CertificateIdentity identity(String text) {
    try {
      if (text.equals("any")) {
        return new CertificateIdentity.EverySigner();
      }
      int colon = text.indexOf(':');
      String name = text.substring(colon + 1).strip();
      return switch (colon < 0 ? "" : text.substring(0, colon)) {
        case "uri" -> AlternativeName.of(NameType.URI, name);
        case "dns" -> AlternativeName.of(NameType.DNS, name);
        case "email" -> AlternativeName.of(NameType.EMAIL, name);
        case "subject" -> CertificateIdentity.Subject.of(name);
        default ->
            throw new TrustException(
                TrustException.Reason.MALFORMED,
                "'"
                    + text
                    + "' names nobody: write uri:, dns:, email: or subject: and the name, or 'any'.",
                "identity");
      };
    } catch (OmsFault e) {
      throw malformed(e);
    }
  }

  private static TrustException malformed(OmsFault e) {
    return new TrustException(TrustException.Reason.MALFORMED, e.sentence(), e.subject(), e);
  }
}
