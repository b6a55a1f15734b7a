package io.edgellm.trust.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.CertificateAuthorities;
import io.edgellm.trust.oms.CertificateIdentity;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.sigstore.SigstoreException.Reason;
import io.edgellm.trust.sigstore.TestSigstore.Order;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class CertificateVerifierTest {
  private static final Sha256 MODEL = Sha256.of("model".getBytes(StandardCharsets.UTF_8));

  private final TestSigstore authority = new TestSigstore();

  private SigstoreVerifier alice(Instant now) throws OmsFault {
    return SigstoreVerifier.certificate(
        new io.edgellm.trust.oms.CertificateVerifier(
            CertificateAuthorities.fromPem(authority.authorityPem()),
            CertificateIdentity.AlternativeName.of(
                CertificateIdentity.NameType.EMAIL, TestSigstore.ALICE),
            () -> now));
  }

  private ObjectNode signed() {
    return authority.signWithCertificate(TestSigstore.statement(MODEL), Order.ordinary());
  }

  private static Reason reason(SigstoreVerifier verifier, ObjectNode bundle) {
    return catchThrowableOfType(
            SigstoreException.class, () -> verifier.verify(TestSigstore.bytes(bundle), MODEL))
        .reason();
  }

  @Test
  void theHolderOfACertificateSigns() throws OmsFault {
    VerifiedBundle verified =
        alice(TestSigstore.NOON.plusSeconds(60)).verify(TestSigstore.bytes(signed()), MODEL);

    assertThat(verified.signer()).isInstanceOf(BundleSigner.Certified.class);
    assertThat(verified.signer().describe()).contains(TestSigstore.ALICE);
    assertThat(verified.attestedAt()).isNull();
  }

  @Test
  void aCertificateThatIsOverDoesNotCount() throws OmsFault {
    assertThat(reason(alice(TestSigstore.NOON.plus(Duration.ofHours(1))), signed()))
        .isEqualTo(Reason.BAD_TIME);
  }

  @Test
  void somebodyElseIsNotTrusted() throws OmsFault {
    ObjectNode mallory =
        authority.signWithCertificate(
            TestSigstore.statement(MODEL),
            Order.ordinary().by(TestSigstore.ISSUER, "mallory@models.test"));

    assertThat(reason(alice(TestSigstore.NOON.plusSeconds(60)), mallory))
        .isEqualTo(Reason.UNTRUSTED_SIGNER);
  }

  @Test
  void theKeyOfTheCertificateMustHaveSigned() throws OmsFault {
    ObjectNode bundle = signed();
    bundle.set("dsseEnvelope", signed().get("dsseEnvelope"));

    assertThat(reason(alice(TestSigstore.NOON.plusSeconds(60)), bundle))
        .isEqualTo(Reason.BAD_SIGNATURE);
  }
}
