package io.edgellm.trust.oms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.trust.oms.CertificateIdentity.AlternativeName;
import io.edgellm.trust.oms.CertificateIdentity.NameType;
import io.edgellm.trust.oms.CertificateIdentity.Subject;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which names in a certificate are those of the signer that a policy means. */
final class CertificateIdentityTest {

  private static X509Certificate certificate(TestCertificate.Builder builder) throws OmsFault {
    return SigningCertificate.parse(builder.build().der()).x509();
  }

  @ParameterizedTest
  @CsvSource({
    "URI, https://acme.example/release, https://acme.example/release, true",
    "URI, https://acme.example/release, https://acme.example/release2, false",
    "URI, https://acme.example/re*, https://acme.example/release, true",
    "URI, https://acme.example/re*, https://acme.example.evil/release, false",
    "DNS, Build.Acme.example, build.acme.EXAMPLE, true",
    "DNS, acme.example, build.acme.example, false",
    "EMAIL, release@Acme.example, release@acme.example, true",
    "EMAIL, release@acme.example, Release@acme.example, false",
    "EMAIL, release@acme.example, release@acme.example.evil, false",
  })
  void looksForTheNameThatThePolicyMeans(NameType type, String wanted, String found, boolean fits)
      throws OmsFault {
    int number =
        switch (type) {
          case EMAIL -> TestCertificate.EMAIL;
          case DNS -> TestCertificate.DNS;
          case URI -> TestCertificate.URI;
        };
    X509Certificate certificate =
        certificate(TestCertificate.root("CN=S").alternativeName(number, found));
    assertThat(AlternativeName.of(type, wanted).provenBy(certificate).isPresent()).isEqualTo(fits);
  }

  @Test
  void doesNotTakeANameOfOneKindForOneOfAnother() throws OmsFault {
    X509Certificate certificate =
        certificate(
            TestCertificate.root("CN=S").alternativeName(TestCertificate.EMAIL, "acme.example"));
    assertThat(AlternativeName.of(NameType.DNS, "acme.example").provenBy(certificate)).isEmpty();
    assertThat(AlternativeName.of(NameType.URI, "acme.example").provenBy(certificate)).isEmpty();
    assertThat(Subject.of("CN=acme.example").provenBy(certificate)).isEmpty();
  }

  @Test
  void comparesTheWholeSubject() throws OmsFault {
    X509Certificate certificate = certificate(TestCertificate.root("CN=Release, O=Acme"));
    assertThat(Subject.of("cn=release,o=ACME").provenBy(certificate)).hasValue("CN=Release,O=Acme");
    for (String other :
        List.of("CN=Release", "O=Acme", "CN=Release, O=Acme, C=US", "O=Acme, CN=Release")) {
      assertThat(Subject.of(other).provenBy(certificate)).as(other).isEmpty();
    }
  }

  @Test
  void refusesPatternsThatNameNobodyOrTooMany() {
    for (String pattern :
        List.of(
            "",
            " ",
            "*",
            "https://*",
            "https://acme.example*",
            "https:*",
            "a*b",
            "*.acme.example")) {
      for (NameType type : NameType.values()) {
        assertThatThrownBy(() -> AlternativeName.of(type, pattern))
            .as("%s %s", type, pattern)
            .isInstanceOf(OmsFault.class);
      }
    }
    assertThatThrownBy(() -> AlternativeName.of(NameType.DNS, "build.*"))
        .isInstanceOf(OmsFault.class);
  }

  @Test
  void refusesSubjectsThatAreNoNames() {
    assertThatThrownBy(() -> Subject.of("")).isInstanceOf(OmsFault.class);
    assertThatThrownBy(() -> Subject.of("nonsense")).isInstanceOf(OmsFault.class);
  }
}
