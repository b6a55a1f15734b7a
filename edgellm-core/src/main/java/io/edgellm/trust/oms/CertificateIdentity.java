package io.edgellm.trust.oms;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * Whom a certificate must name, so that the signature made with it is that of a trusted signer. An
 * authority vouches for many; one of them is meant.
 */
public sealed interface CertificateIdentity {

  /** Returns the name in the certificate that is meant, or nothing if none is. */
  Optional<String> provenBy(X509Certificate certificate) throws OmsFault;

  /** Returns the name for people, for instance {@code uri https://example.com/release}. */
  String label();

  /** The kinds of alternative names that count, each with its number in RFC 5280. */
  enum NameType {
    /** An e-mail address; its domain is compared without regard to case. */
    EMAIL(1),
    /** A host name, compared without regard to case. */
    DNS(2),
    /** A URI. */
    URI(6);

    private final int number;

    NameType(int number) {
      this.number = number;
    }

    private String normal(String name) {
      int domain =
          switch (this) {
            case EMAIL -> name.lastIndexOf('@') + 1;
            case DNS -> 0;
            case URI -> name.length();
          };
      return name.substring(0, domain) + name.substring(domain).toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A subject alternative name.
   *
   * @param type what kind of name it is
   * @param pattern the name; for a URI also a beginning followed by {@code *}, which must contain
   *     the whole host and a {@code /} after it, so that no longer host fits
   */
  record AlternativeName(NameType type, String pattern) implements CertificateIdentity {
    private static final String BEGINNING = "[a-z][a-z0-9+.-]*://[^/*]+/[^*]*\\*";

    /** Brings the name into its normal form. */
    public AlternativeName {
      pattern = type.normal(pattern);
    }

    /**
     * Makes one from what somebody wrote.
     *
     * @throws OmsFault with {@code MALFORMED} if it is empty or not a pattern
     */
    public static AlternativeName of(NameType type, String pattern) throws OmsFault {
      boolean beginning = type == NameType.URI && pattern.matches(BEGINNING);
      boolean whole = !pattern.isBlank() && pattern.indexOf('*') < 0;
      if (!beginning && !whole) {
        throw OmsFault.malformed(
            "'"
                + pattern
                + "' names nobody: write a whole name, or a URI up to a path followed by '*'.",
            pattern);
      }
      return new AlternativeName(type, pattern);
    }

    @Override
    public Optional<String> provenBy(X509Certificate certificate) throws OmsFault {
      for (List<?> entry : alternativeNames(certificate)) {
        if (Integer.valueOf(type.number).equals(entry.get(0))
            && entry.get(1) instanceof String name
            && fits(type.normal(name))) {
          return Optional.of(type.name().toLowerCase(Locale.ROOT) + " " + name);
        }
      }
      return Optional.empty();
    }

    private static Collection<List<?>> alternativeNames(X509Certificate certificate)
        throws OmsFault {
      try {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null ? List.of() : names;
      } catch (CertificateParsingException e) {
        throw OmsFault.malformed("The names in a certificate cannot be read.", e);
      }
    }

    private boolean fits(String name) {
      return pattern.endsWith("*")
          ? name.startsWith(pattern.substring(0, pattern.length() - 1))
          : name.equals(pattern);
    }

    @Override
    public String label() {
      return type.name().toLowerCase(Locale.ROOT) + " " + pattern;
    }
  }

  /**
   * The whole distinguished name of the subject, compared as RFC 5280 says: without regard to case
   * and to repeated spaces.
   *
   * @param name the name
   */
  record Subject(X500Principal name) implements CertificateIdentity {
    /**
     * Makes one from text such as {@code CN=Release, O=Example}.
     *
     * @throws OmsFault with {@code MALFORMED} if it is empty or not a distinguished name
     */
    public static Subject of(String name) throws OmsFault {
      try {
        if (!name.isBlank()) {
          return new Subject(new X500Principal(name));
        }
      } catch (IllegalArgumentException e) {
        throw OmsFault.malformed("'" + name + "' is not a distinguished name.", e);
      }
      throw OmsFault.malformed("An empty name is nobody's: write the subject's name.", name);
    }

    @Override
    public Optional<String> provenBy(X509Certificate certificate) {
      X500Principal subject = certificate.getSubjectX500Principal();
      return subject.equals(name) ? Optional.of(subject.getName()) : Optional.empty();
    }

    @Override
    public String label() {
      return name.getName();
    }
  }

  /** Everybody to whom the authority issues certificates for code: one that exists for this. */
  record EverySigner() implements CertificateIdentity {
    @Override
    public Optional<String> provenBy(X509Certificate certificate) {
      return Optional.of(certificate.getSubjectX500Principal().getName());
    }

    @Override
    public String label() {
      return "every signer";
    }
  }
}
