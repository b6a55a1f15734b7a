package io.edgellm.trust.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcVerificationKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.KeyVerifier;
import io.edgellm.trust.oms.ModelHasher;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsSigner;
import io.edgellm.trust.oms.OmsVerifier;
import io.edgellm.trust.oms.Partition;
import io.edgellm.trust.oms.Resource;
import io.edgellm.trust.oms.Serialization;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.SignedStatement;
import io.edgellm.trust.oms.Statement;
import io.edgellm.trust.oms.Symlinks;
import io.edgellm.trust.sigstore.TestSigstore.Order;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeylessModelVerifierTest {
  @TempDir Path model;
  private final TestSigstore sigstore = new TestSigstore();

  @BeforeEach
  void makeAModel() throws Exception {
    Files.writeString(model.resolve("weights"), "1");
  }

  private KeylessModelVerifier alice() {
    return new KeylessModelVerifier(
        SigstoreVerifier.keyless(
            sigstore.root(),
            List.of(new KeylessIdentity(TestSigstore.ISSUER, TestSigstore.ALICE))));
  }

  private static Statement statement() {
    return new Statement(
        "model",
        new Serialization(new Partition.WholeFiles(), false, List.of()),
        List.of(new Resource("weights", Sha256.of("1".getBytes(StandardCharsets.UTF_8)))));
  }

  private SignedStatement verify(ObjectNode bundle) throws OmsFault {
    return new OmsVerifier(List.of(alice()), ModelHasher.sequential())
        .verify(model, TestSigstore.bytes(bundle), List.of(), Symlinks.REFUSED);
  }

  private OmsFault.Kind kind(ObjectNode bundle) {
    return catchThrowableOfType(OmsFault.class, () -> verify(bundle)).kind();
  }

  @Test
  void aModelIsSignedByAnAccountAtATime() throws OmsFault {
    SignedStatement signed = verify(sigstore.sign(statement().toJson(), Order.ordinary()));

    assertThat(signed.identity()).isEqualTo("alice@models.test (https://accounts.test)");
    assertThat(signed.attestedAt()).isEqualTo(TestSigstore.NOON.plusSeconds(5));
    assertThat(signed.statement()).isEqualTo(statement());
  }

  @Test
  void aSignatureOfACertificateThatWasOverIsExpired() {
    Order late = Order.ordinary().loggedAt(TestSigstore.NOON.plus(Duration.ofHours(1)));

    assertThat(kind(sigstore.sign(statement().toJson(), late))).isEqualTo(OmsFault.Kind.EXPIRED);
  }

  @Test
  void aStrangerIsNotTrusted() {
    Order mallory = Order.ordinary().by(TestSigstore.ISSUER, "mallory@models.test");

    assertThat(kind(sigstore.sign(statement().toJson(), mallory)))
        .isEqualTo(OmsFault.Kind.UNTRUSTED_SIGNER);
  }

  @Test
  void aChangedFileIsFound() throws Exception {
    Files.writeString(model.resolve("weights"), "2");

    assertThat(kind(sigstore.sign(statement().toJson(), Order.ordinary())))
        .isEqualTo(OmsFault.Kind.TAMPERED);
  }

  @Test
  void aSignatureWithAKeyIsNotForAnAccount() throws OmsFault {
    EcSigningKey key = EcSigningKey.generate(EcdsaCurve.P256);
    SignatureBundle bundle = SignatureBundle.parse(new OmsSigner(key).sign(statement()));

    assertThat(alice().isClaimedBy(bundle.material())).isFalse();
    assertThat(catchThrowableOfType(OmsFault.class, () -> alice().verify(bundle)).kind())
        .isEqualTo(OmsFault.Kind.UNTRUSTED_SIGNER);
  }

  @Test
  void aSignatureByAnAccountIsNotForAKey() throws OmsFault {
    EcVerificationKey key = EcSigningKey.generate(EcdsaCurve.P256).publicKey();
    SignatureBundle bundle =
        SignatureBundle.parse(
            TestSigstore.bytes(sigstore.sign(statement().toJson(), Order.ordinary())));

    assertThat(new KeyVerifier(key).isClaimedBy(bundle.material())).isFalse();
  }
}
