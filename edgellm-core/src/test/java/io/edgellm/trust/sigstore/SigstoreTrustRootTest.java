package io.edgellm.trust.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Sha256;
import io.edgellm.trust.sigstore.SigstoreException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SigstoreTrustRootTest {
  @TempDir Path dir;
  private final TestSigstore sigstore = new TestSigstore();

  private void refuses(Consumer<ObjectNode> change, String message) {
    ObjectNode root = sigstore.rootJson();
    change.accept(root);
    assertThatThrownBy(() -> SigstoreTrustRoot.of(TestSigstore.bytes(root)))
        .isInstanceOfSatisfying(
            SigstoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_TRUST_ROOT))
        .hasMessageContaining(message);
  }

  @Test
  void isNamedByTheDigestOfItsFile() throws IOException {
    byte[] json = TestSigstore.bytes(sigstore.rootJson());
    Path file = Files.write(dir.resolve("trusted_root.json"), json);

    SigstoreTrustRoot root = SigstoreTrustRoot.read(file);

    assertThat(root.digest()).isEqualTo(Sha256.of(json));
    assertThat(root).isEqualTo(SigstoreTrustRoot.of(json)).hasSameHashCodeAs(root);
    assertThat(root.toJson()).isEqualTo(json);
  }

  @Test
  void refusesEveryPeriodWithoutAStart() {
    for (String path :
        new String[] {
          "/tlogs/0/publicKey/validFor",
          "/ctlogs/0/publicKey/validFor",
          "/certificateAuthorities/0/validFor",
          "/timestampAuthorities/0/validFor"
        }) {
      refuses(root -> ((ObjectNode) root.at(path)).remove("start"), "start");
    }
  }

  @Test
  void refusesAPeriodThatIsNone() {
    refuses(
        root -> ((ObjectNode) root.at("/tlogs/0/publicKey/validFor")).put("start", "yesterday"),
        "start");
    refuses(root -> ((ObjectNode) root.at("/tlogs/0/publicKey")).remove("validFor"), "validFor");
  }

  @Test
  void refusesARootWithoutALog() {
    refuses(root -> root.remove("tlogs"), "no transparency log");
    refuses(root -> root.putArray("tlogs"), "no transparency log");
  }

  @Test
  void refusesAnAuthorityWithoutACertificate() {
    refuses(
        root ->
            ((ObjectNode) root.at("/certificateAuthorities/0/certChain")).putArray("certificates"),
        "no certificate");
  }

  @Test
  void refusesAnotherKindOfDocument() {
    refuses(root -> root.put("mediaType", "application/json"), "application/json");
    assertThatThrownBy(() -> SigstoreTrustRoot.of("[]".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(SigstoreException.class);
  }

  @Test
  void refusesAKeyThatIsNoneBeforeItIsNeeded() {
    refuses(root -> ((ObjectNode) root.at("/tlogs/0/publicKey")).put("rawBytes", "?"), "base64");
  }

  @Test
  void refusesTwoReadings() {
    byte[] json = "{\"tlogs\":[],\"tlogs\":[]}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> SigstoreTrustRoot.of(json)).hasMessageContaining("tlogs");
  }

  @Test
  void refusesAnEndlessFile() {
    assertThatThrownBy(() -> SigstoreTrustRoot.of(new byte[SigstoreTrustRoot.MAX_BYTES + 1]))
        .hasMessageContaining("1 MiB");
  }

  @Test
  void saysThatTheFileIsNotThere() {
    assertThatThrownBy(() -> SigstoreTrustRoot.read(dir.resolve("none.json")))
        .isInstanceOfSatisfying(
            SigstoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREADABLE));
  }
}
