package io.edgellm.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.TestCertificate;
import io.edgellm.trust.oms.VerificationMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReleaseSignerTest {
  @TempDir Path temporary;

  @Test
  void readsASignedReleaseBack() throws IOException {
    Path model = SampleRelease.signed(temporary, ReleaseSigner.generate());
    SignedRelease release = SignedRelease.read(model);
    assertThat(release.manifest().title()).isEqualTo("assistant 1.0.0");
    assertThat(model.resolve("release.sig")).hasBinaryContent(release.signature());
  }

  @Test
  void refusesASignatureOverAnotherManifest() throws IOException {
    ReleaseSigner signer = ReleaseSigner.generate();
    Path model = SampleRelease.signed(temporary, signer);
    Files.write(
        model.resolve("release.json"),
        SampleRelease.describe(model, "assistant", "2.0.0").build().toJson());
    assertThatThrownBy(() -> SignedRelease.read(model))
        .isInstanceOfSatisfying(
            TrustException.class,
            e -> assertThat(e.reason()).isEqualTo(TrustException.Reason.TAMPERED));
  }

  @Test
  void refusesWhatIsNoKey() {
    assertThatThrownBy(() -> ReleaseSigner.fromPem("no key"))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.BAD_KEY));
  }

  @Test
  void signsWithACertificate() throws Exception {
    TestCertificate root = TestCertificate.root("CN=Root").build();
    TestCertificate team = root.signer("CN=Release Team").build();
    ReleaseSigner signer =
        ReleaseSigner.fromPem(team.signingKey().toPem()).withCertificates(team.pem());
    Path model = SampleRelease.signed(temporary, signer);
    SignatureBundle bundle =
        SignatureBundle.parse(Files.readAllBytes(model.resolve("release.sig")));
    assertThat(bundle.material())
        .isEqualTo(new VerificationMaterial.CertificateChain(List.of(team.der())));
    assertThat(bundle.statement().fileNames()).contains("release.json");
  }

  @Test
  void refusesTheCertificateOfAnotherKey() {
    TestCertificate team =
        TestCertificate.root("CN=Root").build().signer("CN=Release Team").build();
    assertThatThrownBy(() -> ReleaseSigner.generate().withCertificates(team.pem()))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.BAD_KEY))
        .hasMessageContaining("another key");
  }
}
