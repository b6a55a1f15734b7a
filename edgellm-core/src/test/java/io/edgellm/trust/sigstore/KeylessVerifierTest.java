package io.edgellm.trust.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Sha256;
import io.edgellm.trust.sigstore.SigstoreException.Reason;
import io.edgellm.trust.sigstore.TestSigstore.Order;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeylessVerifierTest {
  private static final Sha256 MODEL = Sha256.of("model".getBytes(StandardCharsets.UTF_8));
  private static final KeylessIdentity ALICE =
      new KeylessIdentity(TestSigstore.ISSUER, TestSigstore.ALICE);

  private final TestSigstore sigstore = new TestSigstore();

  private VerifiedBundle verify(ObjectNode bundle, KeylessIdentity... trusted) {
    return SigstoreVerifier.keyless(sigstore.root(), List.of(trusted))
        .verify(TestSigstore.bytes(bundle), MODEL);
  }

  private ObjectNode signed(Order order) {
    return sigstore.sign(TestSigstore.statement(MODEL), order);
  }

  private static Reason reason(Runnable call) {
    return catchThrowableOfType(SigstoreException.class, call::run).reason();
  }

  @Test
  void saysWhoSignedAndWhen() {
    VerifiedBundle verified = verify(signed(Order.ordinary()), ALICE);

    assertThat(verified.signer())
        .isEqualTo(new BundleSigner.Account(TestSigstore.ISSUER, TestSigstore.ALICE));
    assertThat(verified.attestedAt()).isEqualTo(TestSigstore.NOON.plusSeconds(5));
    assertThat(verified.logIds()).hasSize(1);
  }

  @Test
  void takesTheTimeOfATimeStampWhereTheLogPromisesNone() {
    Order order = Order.ordinary().withoutPromise().stampedAt(TestSigstore.NOON.plusSeconds(60));

    assertThat(verify(signed(order), ALICE).attestedAt())
        .isEqualTo(TestSigstore.NOON.plusSeconds(60));
  }

  @Test
  void takesTheLatestOfSeveralTimes() {
    Order order = Order.ordinary().stampedAt(TestSigstore.NOON.plusSeconds(90));

    assertThat(verify(signed(order), ALICE).attestedAt())
        .isEqualTo(TestSigstore.NOON.plusSeconds(90));
  }

  @Test
  void refusesABundleWithoutATrustedTime() {
    assertThat(reason(() -> verify(signed(Order.ordinary().withoutPromise()), ALICE)))
        .isIn(Reason.BAD_TIME, Reason.BAD_SIGNATURE);
  }

  @Test
  void refusesASignatureThatWasLoggedWhenTheCertificateWasOver() {
    Order order = Order.ordinary().loggedAt(TestSigstore.NOON.plus(Duration.ofMinutes(11)));

    assertThat(reason(() -> verify(signed(order), ALICE))).isEqualTo(Reason.BAD_TIME);
  }

  @Test
  void refusesASignatureThatWasLoggedBeforeTheCertificateBegan() {
    Order order = Order.ordinary().loggedAt(TestSigstore.NOON.minusSeconds(1));

    assertThat(reason(() -> verify(signed(order), ALICE))).isEqualTo(Reason.BAD_TIME);
  }

  @Test
  void refusesALogThatWasRetiredBeforeItPromised() {
    ObjectNode root = sigstore.rootJson();
    ((ObjectNode) root.at("/tlogs/0/publicKey/validFor")).put("end", "2026-02-01T00:00:00Z");
    SigstoreVerifier verifier =
        SigstoreVerifier.keyless(SigstoreTrustRoot.of(TestSigstore.bytes(root)), List.of(ALICE));

    assertThat(reason(() -> verifier.verify(TestSigstore.bytes(signed(Order.ordinary())), MODEL)))
        .isEqualTo(Reason.BAD_TIME);
  }

  @Test
  void acceptsALogOnTheLastSecondOfItsPeriod() {
    ObjectNode root = sigstore.rootJson();
    ((ObjectNode) root.at("/tlogs/0/publicKey/validFor")).put("end", "2026-03-01T13:00:05+01:00");
    SigstoreVerifier verifier =
        SigstoreVerifier.keyless(SigstoreTrustRoot.of(TestSigstore.bytes(root)), List.of(ALICE));

    assertThat(verifier.verify(TestSigstore.bytes(signed(Order.ordinary())), MODEL).attestedAt())
        .isEqualTo(Instant.parse("2026-03-01T12:00:05Z"));
  }

  @Test
  void refusesAnotherAccountAndAnotherProvider() {
    ObjectNode mallory = signed(Order.ordinary().by(TestSigstore.ISSUER, "mallory@models.test"));
    ObjectNode elsewhere = signed(Order.ordinary().by("https://evil.test", TestSigstore.ALICE));

    assertThat(reason(() -> verify(mallory, ALICE))).isEqualTo(Reason.UNTRUSTED_SIGNER);
    assertThat(reason(() -> verify(elsewhere, ALICE))).isEqualTo(Reason.UNTRUSTED_SIGNER);
  }

  @Test
  void acceptsWhatAPatternCoversAndNothingBeside() {
    KeylessIdentity releases =
        new KeylessIdentity(
            TestSigstore.ISSUER, "https://forge.test/acme/.ci/release.yml@refs/tags/*");
    Order order = Order.ordinary();
    ObjectNode tag =
        signed(
            order.by(TestSigstore.ISSUER, "https://forge.test/acme/.ci/release.yml@refs/tags/v1"));
    ObjectNode branch =
        signed(
            order.by(TestSigstore.ISSUER, "https://forge.test/acme/.ci/release.yml@refs/heads/x"));

    assertThat(verify(tag, ALICE, releases).signer().describe()).contains("refs/tags/v1");
    assertThat(reason(() -> verify(branch, ALICE, releases))).isEqualTo(Reason.UNTRUSTED_SIGNER);
  }

  @Test
  void refusesAStatementAboutSomethingElse() {
    ObjectNode bundle =
        sigstore.sign(TestSigstore.statement(Sha256.of(new byte[0])), Order.ordinary());

    assertThat(reason(() -> verify(bundle, ALICE))).isEqualTo(Reason.MISMATCH);
  }

  @Test
  void refusesTheBundleOfAnotherSigstore() {
    ObjectNode bundle = new TestSigstore().sign(TestSigstore.statement(MODEL), Order.ordinary());

    assertThat(reason(() -> verify(bundle, ALICE))).isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void refusesASecondLogEntryThatNobodyWouldCheck() {
    ObjectNode bundle = signed(Order.ordinary());
    var entries = (ArrayNode) bundle.at("/verificationMaterial/tlogEntries");
    entries.add(entries.get(0).deepCopy());

    assertThat(reason(() -> verify(bundle, ALICE))).isEqualTo(Reason.UNSUPPORTED);
  }

  @Test
  void refusesAProofOfTheWrongLength() {
    ObjectNode bundle = signed(Order.ordinary());
    ((ObjectNode) bundle.at("/verificationMaterial/tlogEntries/0/inclusionProof"))
        .put("treeSize", "3");

    assertThat(reason(() -> verify(bundle, ALICE))).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void refusesABundleWithAKey() {
    ObjectNode bundle =
        sigstore.sign(TestSigstore.statement(MODEL), TestSigstore.newKey(), Order.ordinary());

    assertThat(reason(() -> verify(bundle, ALICE))).isEqualTo(Reason.UNTRUSTED_SIGNER);
  }

  @Test
  void namesAStatementThatItCannotVerifyBecauseOfItsCharacters() {
    String text = new String(TestSigstore.statement(MODEL), StandardCharsets.UTF_8);
    byte[] payload = text.replace("\"model\"", "\"Wörterbuch\"").getBytes(StandardCharsets.UTF_8);

    assertThat(reason(() -> verify(sigstore.sign(payload, Order.ordinary()), ALICE)))
        .isEqualTo(Reason.UNSUPPORTED);
  }

  @Test
  void demandsAnIdentityAndARootThatCertifies() {
    ObjectNode root = sigstore.rootJson();
    root.remove("ctlogs");

    assertThatThrownBy(() -> SigstoreVerifier.keyless(sigstore.root(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(
            reason(
                () ->
                    SigstoreVerifier.keyless(
                        SigstoreTrustRoot.of(TestSigstore.bytes(root)), List.of(ALICE))))
        .isEqualTo(Reason.BAD_TRUST_ROOT);
  }
}
