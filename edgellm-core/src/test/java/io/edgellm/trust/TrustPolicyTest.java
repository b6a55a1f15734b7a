package io.edgellm.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ModelId;
import io.edgellm.release.ReleaseSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustPolicyTest {
  private final SignerKey a = ReleaseSigner.generate().publicKey();
  private final SignerKey b = ReleaseSigner.generate().publicKey();

  private static boolean maySign(SignerKey key, String pattern, String model) {
    return new TrustPolicy.Signer("x", key, List.of(pattern)).maySign(new ModelId(model));
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
    assertThatThrownBy(() -> TrustPolicy.builder().signer("x", a, "*").signer("x", b, "*").build())
        .isInstanceOf(TrustException.class);
    SignerKey again = SignerKey.fromPem("a comment\n" + a.toPem());
    assertThatThrownBy(
            () -> TrustPolicy.builder().signer("x", a, "*").signer("y", again, "*").build())
        .isInstanceOf(TrustException.class);
  }

  @Test
  void refusesToTrustNobody() {
    assertThatThrownBy(() -> TrustPolicy.builder().build()).isInstanceOf(TrustException.class);
  }

  @Test
  void hasTheSameDigestHoweverItWasWritten() {
    TrustPolicy one = TrustPolicy.builder().signer("x", a, "m", "n").signer("y", b, "*").build();
    TrustPolicy two = TrustPolicy.builder().signer("y", b, "*").signer("x", a, "n", "m").build();
    TrustPolicy other = TrustPolicy.builder().signer("x", a, "m").signer("y", b, "*").build();
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
