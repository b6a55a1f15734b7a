package io.edgellm.trust.sigstore;

import io.edgellm.trust.oms.Octets;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The short-lived certificate of a keyless signer, read with the JDK (<a
 * href="https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md">its extensions</a>). That an
 * authority issued it is for sigstore-java to say.
 *
 * @param account whom it names
 * @param validity when it counts
 */
record SigningCertificate(BundleSigner.Account account, ValidityPeriod validity) {
  private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
  private static final String ISSUER = "1.3.6.1.4.1.57264.1.8";
  private static final String ISSUER_WITHOUT_TYPE = "1.3.6.1.4.1.57264.1.1";
  private static final int OCTET_STRING = 0x04;
  private static final int UTF8_STRING = 0x0c;
  private static final int MAIL_ADDRESS = 1;
  private static final int WEB_ADDRESS = 6;
  private static final int NO_AUTHORITY = -1;

  static SigningCertificate parse(Octets der) {
    try {
      if (CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der.toBytes()))
          instanceof X509Certificate certificate) {
        return of(certificate);
      }
      throw malformed("it is not an X.509 certificate");
    } catch (CertificateException e) {
      throw new SigstoreException(
          SigstoreException.Reason.MALFORMED, "The signer's certificate cannot be read.", null, e);
    }
  }

  private static SigningCertificate of(X509Certificate certificate) throws CertificateException {
    List<String> purposes = certificate.getExtendedKeyUsage();
    boolean[] usage = certificate.getKeyUsage();
    if (purposes == null
        || !purposes.contains(CODE_SIGNING)
        || usage == null
        || !usage[0]
        || certificate.getBasicConstraints() != NO_AUTHORITY) {
      throw malformed("it is not made for signing code");
    }
    return new SigningCertificate(
        new BundleSigner.Account(issuer(certificate), subject(certificate)),
        new ValidityPeriod(
            instant(certificate.getNotBefore()), instant(certificate.getNotAfter())));
  }

  @SuppressWarnings("JavaUtilDate") // What certificates of the JDK speak.
  private static Instant instant(java.util.Date date) {
    return date.toInstant();
  }

  private static String subject(X509Certificate certificate) throws CertificateException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names == null || names.size() != 1) {
      throw malformed("it does not name exactly one account");
    }
    List<?> name = names.iterator().next();
    if (name.get(0) instanceof Integer type
        && (type == MAIL_ADDRESS || type == WEB_ADDRESS)
        && name.get(1) instanceof String subject) {
      return subject;
    }
    throw malformed("it names an account that is neither a mail address nor a web address");
  }

  private static String issuer(X509Certificate certificate) {
    String typed = extension(certificate, ISSUER, true);
    String untyped = extension(certificate, ISSUER_WITHOUT_TYPE, false);
    String issuer = typed == null ? untyped : typed;
    if (issuer == null || (untyped != null && !untyped.equals(issuer))) {
      throw malformed("it does not name exactly one provider of accounts");
    }
    return issuer;
  }

  private static @Nullable String extension(X509Certificate from, String id, boolean typed) {
    byte[] value = from.getExtensionValue(id);
    if (value == null) {
      return null;
    }
    ByteBuffer content = content(ByteBuffer.wrap(value), OCTET_STRING);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(typed ? content(content, UTF8_STRING) : content)
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed("its extension " + id + " is not a text");
    }
  }

  /** Returns the content of the one DER element that the bytes are. */
  private static ByteBuffer content(ByteBuffer element, int tag) {
    if (element.remaining() < 2 || (element.get() & 0xff) != tag) {
      throw malformed("an extension is not a text");
    }
    int length = element.get() & 0xff;
    if (length == 0x81 && element.hasRemaining()) {
      length = element.get() & 0xff;
    } else if (length == 0x82 && element.remaining() >= 2) {
      length = element.getShort() & 0xffff;
    } else if (length > 0x7f) {
      throw malformed("an extension is not a text");
    }
    if (length != element.remaining()) {
      throw malformed("an extension is not a text");
    }
    return element;
  }

  private static SigstoreException malformed(String why) {
    return SigstoreException.malformed(
        "The certificate is not that of a keyless signer: " + why + ".", "certificate");
  }
}
