package io.edgellm.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ModelId;
import io.edgellm.release.ReleaseSigner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrustPolicyTest {
  private final SignerKey a = ReleaseSigner.generate().publicKey();
  private final SignerKey b = ReleaseSigner.generate().publicKey();

  private static boolean maySign(SignerKey key, String pattern, String model) {
    return new TrustPolicy.Signer("x", new Credential.Key(key), List.of(pattern))
        .maySign(new ModelId(model));
  }

  @Test
  void namesModelLinesExactlyOrByTheirBeginning() {
    assertThat(maySign(a, "assistant", "assistant")).isTrue();
    assertThat(maySign(a, "assistant", "assistant-2")).isFalse();
    assertThat(maySign(a, "edge-*", "edge-vision")).isTrue();
    assertThat(maySign(a, "edge-*", "ledge-vision")).isFalse();
    assertThat(maySign(a, "*", "anything")).isTrue();
  }

  @Test
  void refusesPatternsThatNameNoModelLine() {
    for (String pattern : List.of("", "a*b", "**", "Assistant", "../x", "*-edge")) {
      assertThatThrownBy(() -> TrustPolicy.builder().signer("x", a, pattern))
          .as(pattern)
          .isInstanceOf(TrustException.class);
    }
    assertThatThrownBy(() -> TrustPolicy.builder().signer("x", a))
        .isInstanceOf(TrustException.class);
  }

  @Test
  void refusesTheSameNameOrTheSameKeyTwice() {
    assertThatThrownBy(
            () ->
                TrustPolicy.builder()
                    .signer("x", a, "*")
                    .signer("x", b, "*")
                    .signatureAlone()
                    .build())
        .isInstanceOf(TrustException.class);
    SignerKey again = SignerKey.fromPem("a comment\n" + a.toPem());
    assertThatThrownBy(
            () ->
                TrustPolicy.builder()
                    .signer("x", a, "*")
                    .signer("y", again, "*")
                    .signatureAlone()
                    .build())
        .isInstanceOf(TrustException.class);
  }

  @Test
  void refusesToTrustNobody() {
    assertThatThrownBy(() -> TrustPolicy.builder().signatureAlone().build())
        .isInstanceOf(TrustException.class);
  }

  @Test
  void mustSayWhoTellsWhatIsCurrent() {
    assertThatThrownBy(() -> TrustPolicy.builder().signer("x", a, "*").build())
        .isInstanceOf(TrustException.class)
        .hasMessageContaining("which releases are current");
    UpdateTrust updates = UpdateTrust.pinned(utf8("{\"signed\":{\"_type\":\"root\"}}"));
    assertThatThrownBy(
            () ->
                TrustPolicy.builder().signer("x", a, "*").updates(updates).signatureAlone().build())
        .isInstanceOf(TrustException.class);
    assertThat(TrustPolicy.builder().signer("x", a, "*").updates(updates).build().updates())
        .contains(updates);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{}", "[]", "{\"signed\":{}}", "{\"signed\":{\"_type\":\"targets\"}}", "root"})
  void pinsOnlyTheRootOfARepository(String text) {
    assertThatThrownBy(() -> UpdateTrust.pinned(utf8(text)))
        .isInstanceOfSatisfying(
            TrustException.class,
            e -> assertThat(e.reason()).isEqualTo(TrustException.Reason.MALFORMED))
        .hasMessageContaining("pin the");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void refusesKeylessSignersWithoutARootAndAttestationsByStrangers() {
    Credential.Keyless ci =
        new Credential.Keyless("https://issuer.example", "https://ci.example/acme/*");
    assertThatThrownBy(() -> TrustPolicy.builder().signer("ci", ci, "*").signatureAlone().build())
        .isInstanceOf(TrustException.class)
        .hasMessageContaining("trusted_root.json");
    assertThatThrownBy(
            () ->
                TrustPolicy.builder()
                    .signer("x", a, "*")
                    .attestation(AttestationRule.of("https://slsa.dev/provenance/v1", "builder"))
                    .signatureAlone()
                    .build())
        .isInstanceOf(TrustException.class)
        .hasMessageContaining("'builder'");
  }

  @Test
  void refusesKeylessIdentitiesThatWouldAcceptEverybody() {
    for (String subject : List.of("", "*", "*@example.com", "a*b", "a**")) {
      assertThatThrownBy(() -> new Credential.Keyless("https://issuer.example", subject))
          .as(subject)
          .isInstanceOf(TrustException.class);
    }
    assertThatThrownBy(() -> new Credential.Keyless(" ", "me@example.com"))
        .isInstanceOf(TrustException.class);
    for (String identity : List.of("", "*", "uri:", "uri:*", "me", "dns:a*b")) {
      assertThatThrownBy(() -> new Credential.Certificate("", identity))
          .as(identity)
          .isInstanceOf(TrustException.class);
    }
  }

  @Test
  void hasTheSameDigestHoweverItWasWritten() {
    TrustPolicy one =
        TrustPolicy.builder().signer("x", a, "m", "n").signer("y", b, "*").signatureAlone().build();
    TrustPolicy two =
        TrustPolicy.builder().signer("y", b, "*").signer("x", a, "n", "m").signatureAlone().build();
    TrustPolicy other =
        TrustPolicy.builder().signer("x", a, "m").signer("y", b, "*").signatureAlone().build();
    assertThat(one.digest()).isEqualTo(two.digest()).isNotEqualTo(other.digest());
  }

  @Test
  void readsKeysFromFiles(@TempDir Path temporary) throws Exception {
    Path file = Files.writeString(temporary.resolve("key.pub"), a.toPem());
    assertThat(SignerKey.read(file)).isEqualTo(a).isNotEqualTo(b);
    assertThatThrownBy(() -> SignerKey.read(temporary.resolve("none")))
        .isInstanceOfSatisfying(
            TrustException.class,
            e -> assertThat(e.reason()).isEqualTo(TrustException.Reason.UNREADABLE));
    assertThatThrownBy(() -> SignerKey.fromPem("no key"))
        .isInstanceOfSatisfying(
            TrustException.class,
            e -> assertThat(e.reason()).isEqualTo(TrustException.Reason.MALFORMED));
  }
}
