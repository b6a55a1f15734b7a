package io.edgellm.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.Sha256;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.sigstore.Attestation;
import io.edgellm.trust.sigstore.AttestationRequirement;
import io.edgellm.trust.sigstore.Attestations;
import io.edgellm.trust.sigstore.SigstoreVerifier;
import io.edgellm.trust.sigstore.SlsaProvenance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReleaseAttestationTest {
  @TempDir Path temporary;

  private final ReleaseSigner signer = ReleaseSigner.generate();

  @Test
  void theAttestationsOfAReleaseNameItsRootDigest() throws IOException {
    SignedRelease release = SignedRelease.read(SampleRelease.signed(temporary, signer));
    SlsaProvenance provenance =
        new SlsaProvenance(
            "https://example.com/quantize/v1",
            "https://ci.test/builder",
            "{\"bits\":4}",
            List.of(
                SlsaProvenance.Dependency.of(
                    "base model", "https://models.test/base", Sha256.of(new byte[] {1}))));

    SignedRelease attested =
        signer.attest(
            signer.attest(release, "https://example.com/reviewed/v1", "{}"),
            SlsaProvenance.TYPE,
            provenance.toJson());

    Attestation found =
        Attestations.parse(attested.attestations().orElseThrow())
            .require(
                new AttestationRequirement(
                    SlsaProvenance.TYPE,
                    List.of(SigstoreVerifier.key(signer.publicKey().toPem())),
                    List.of("https://ci.test/builder"),
                    List.of(),
                    List.of()),
                release.rootDigest());

    assertThat(SlsaProvenance.parse(found.predicate())).isEqualTo(provenance);
    assertThat(attested.signature()).isEqualTo(release.signature());
  }

  @Test
  void refusesToAttestWhatIsNoObject() throws IOException {
    SignedRelease release = SignedRelease.read(SampleRelease.signed(temporary, signer));

    assertThatThrownBy(() -> signer.attest(release, "https://example.com/x", "[]"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
