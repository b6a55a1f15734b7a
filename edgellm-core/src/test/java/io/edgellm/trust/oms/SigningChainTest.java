package io.edgellm.trust.oms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** A chain that no verifier would accept is refused before anything is signed with it. */
final class SigningChainTest {
  private static final TestCertificate ROOT = TestCertificate.root("CN=Root").build();
  private static final TestCertificate BETWEEN = ROOT.authority("CN=Between").build();
  private static final TestCertificate SIGNER = BETWEEN.signer("CN=Release").build();

  private static void assertRefused(OmsFault.Kind kind, String pem) {
    assertThatThrownBy(() -> SigningChain.fromPem(pem))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).as(e.sentence()).isEqualTo(kind));
  }

  @Test
  void keepsTheOrderWithAndWithoutTheRoot() throws OmsFault {
    assertThat(SigningChain.fromPem(SIGNER.pem() + BETWEEN.pem()).material().chain())
        .containsExactly(SIGNER.der(), BETWEEN.der());
    assertThat(
            SigningChain.fromPem("text\n" + SIGNER.pem() + BETWEEN.pem() + ROOT.pem())
                .material()
                .chain())
        .containsExactly(SIGNER.der(), BETWEEN.der(), ROOT.der());
  }

  @Test
  void refusesAnotherOrder() {
    assertRefused(OmsFault.Kind.MALFORMED, BETWEEN.pem() + SIGNER.pem());
    assertRefused(OmsFault.Kind.MALFORMED, SIGNER.pem() + ROOT.pem());
    assertRefused(OmsFault.Kind.MALFORMED, SIGNER.pem() + BETWEEN.pem() + BETWEEN.pem());
    TestCertificate namesake = ROOT.authority("CN=Between").build();
    assertRefused(OmsFault.Kind.MALFORMED, SIGNER.pem() + namesake.pem());
  }

  @Test
  void refusesTextWithoutACertificate() throws OmsFault {
    assertRefused(OmsFault.Kind.MALFORMED, "");
    assertRefused(OmsFault.Kind.MALFORMED, SIGNER.signingKey().publicKey().toPem());
  }

  @Test
  void refusesCertificatesThatVerifiersRefuse() {
    assertRefused(OmsFault.Kind.UNTRUSTED_SIGNER, ROOT.pem());
    assertRefused(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        BETWEEN.signer("CN=S").purposes(TestCertificate.SERVER).build().pem());
    assertRefused(
        OmsFault.Kind.UNSUPPORTED,
        BETWEEN.signer("CN=S").keys(TestCertificate.keys("Ed25519")).build().pem());
    assertRefused(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        ROOT.signer("CN=S").signedWith("SHA1withECDSA").build().pem());
  }

  @Test
  void refusesTheKeyOfAnother() throws OmsFault {
    SigningChain chain = SigningChain.fromPem(SIGNER.pem());
    OmsSigner other = new OmsSigner(EcSigningKey.generate(EcdsaCurve.P256));
    assertThatThrownBy(() -> other.withCertificates(chain))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).isEqualTo(OmsFault.Kind.UNTRUSTED_SIGNER));
  }
}
