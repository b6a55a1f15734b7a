package io.edgellm.trust.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Sha256;
import io.edgellm.trust.sigstore.SigstoreException.Reason;
import io.edgellm.trust.sigstore.TestSigstore.Order;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;

final class KeyVerifierTest {
  private static final byte[] CONTENT = "model".getBytes(StandardCharsets.UTF_8);
  private static final Sha256 MODEL = Sha256.of(CONTENT);

  private final TestSigstore sigstore = new TestSigstore();
  private final KeyPair key = TestSigstore.newKey();

  private ObjectNode signed() {
    return sigstore.sign(TestSigstore.statement(MODEL), key, Order.ordinary());
  }

  private static VerifiedBundle verify(SigstoreVerifier verifier, ObjectNode bundle) {
    return verifier.verify(TestSigstore.bytes(bundle), MODEL);
  }

  private static Reason reason(SigstoreVerifier verifier, ObjectNode bundle) {
    return catchThrowableOfType(SigstoreException.class, () -> verify(verifier, bundle)).reason();
  }

  private SigstoreVerifier plain() {
    return SigstoreVerifier.key(TestSigstore.pem(key));
  }

  private SigstoreVerifier logged() {
    return SigstoreVerifier.loggedKey(TestSigstore.pem(key), sigstore.root());
  }

  private static ObjectNode message(byte[] signature) {
    ObjectNode bundle = JsonNodeFactory.instance.objectNode();
    bundle.put("mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json");
    bundle.putObject("verificationMaterial").putObject("publicKey").put("hint", "x");
    bundle
        .putObject("messageSignature")
        .put("signature", Base64.getEncoder().encodeToString(signature));
    return bundle;
  }

  @Test
  void aKeyAloneKnowsNoTime() {
    VerifiedBundle verified = verify(plain(), signed());

    assertThat(verified.signer()).isInstanceOf(BundleSigner.Key.class);
    assertThat(verified.attestedAt()).isNull();
    assertThat(verified.logIds()).isEmpty();
  }

  @Test
  void aLogTellsTheTime() {
    VerifiedBundle verified = verify(logged(), signed());

    assertThat(verified.attestedAt()).isEqualTo(Instant.parse("2026-03-01T12:00:05Z"));
    assertThat(verified.logIds()).hasSize(1);
  }

  @Test
  void refusesTheSignatureOfAnotherKey() {
    ObjectNode bundle =
        sigstore.sign(TestSigstore.statement(MODEL), TestSigstore.newKey(), Order.ordinary());

    assertThat(reason(plain(), bundle)).isEqualTo(Reason.BAD_SIGNATURE);
    assertThat(reason(logged(), bundle)).isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void refusesASignatureThatIsNotLoggedWhereALogIsDemanded() {
    ObjectNode bundle = signed();
    ((ObjectNode) bundle.get("verificationMaterial")).remove("tlogEntries");

    assertThat(verify(plain(), bundle).attestedAt()).isNull();
    assertThat(reason(logged(), bundle)).isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void refusesTheLogEntryOfAnotherSignature() {
    ObjectNode bundle = signed();
    ObjectNode other = signed();
    ((ObjectNode) bundle.get("verificationMaterial"))
        .set("tlogEntries", other.at("/verificationMaterial/tlogEntries"));

    assertThat(reason(logged(), bundle)).isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void refusesTheLogOfAnotherSigstore() {
    ObjectNode bundle =
        new TestSigstore().sign(TestSigstore.statement(MODEL), key, Order.ordinary());

    assertThat(reason(logged(), bundle)).isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void refusesACertificateInPlaceOfTheKey() {
    ObjectNode bundle = sigstore.sign(TestSigstore.statement(MODEL), Order.ordinary());

    assertThat(reason(plain(), bundle)).isEqualTo(Reason.UNTRUSTED_SIGNER);
  }

  @Test
  void refusesAStatementAboutSomethingElse() {
    ObjectNode bundle =
        sigstore.sign(TestSigstore.statement(Sha256.of(new byte[0])), key, Order.ordinary());

    assertThat(reason(plain(), bundle)).isEqualTo(Reason.MISMATCH);
  }

  @Test
  void verifiesASignatureOfTheArtifactItselfByItsDigest() {
    assertThat(verify(plain(), message(TestSigstore.sign(key, CONTENT))).signer().describe())
        .startsWith("ecdsa-p256 ");
    assertThat(reason(plain(), message(TestSigstore.sign(key, new byte[0]))))
        .isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void refusesADigestThatContradictsTheArtifact() {
    ObjectNode bundle = message(TestSigstore.sign(key, CONTENT));
    ((ObjectNode) bundle.get("messageSignature"))
        .putObject("messageDigest")
        .put("algorithm", "SHA2_256")
        .put("digest", Base64.getEncoder().encodeToString(new byte[32]));

    assertThat(reason(plain(), bundle)).isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void refusesTextThatIsNoKey() {
    assertThat(
            catchThrowableOfType(SigstoreException.class, () -> SigstoreVerifier.key("key"))
                .reason())
        .isEqualTo(Reason.MALFORMED);
  }
}
