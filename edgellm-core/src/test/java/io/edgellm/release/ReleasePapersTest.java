package io.edgellm.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.model.Sha256;
import io.edgellm.trust.Admission;
import io.edgellm.trust.AttestationRule;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.sigstore.SlsaProvenance;
import io.edgellm.trust.sigstore.SlsaProvenance.Dependency;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReleasePapersTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> JOB =
      Map.of(
          "GITHUB_SERVER_URL", "https://github.com",
          "GITHUB_REPOSITORY", "acme/models",
          "GITHUB_REF", "refs/heads/main",
          "GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567",
          "GITHUB_WORKFLOW_REF", "acme/models/.github/workflows/release.yml@refs/heads/main",
          "GITHUB_RUN_ID", "77",
          "GITHUB_RUN_ATTEMPT", "2");
  private static final String BUILDER =
      "https://github.com/acme/models/.github/workflows/release.yml@refs/heads/main";

  private final ReleaseSigner signer = ReleaseSigner.generate();
  @TempDir Path temporary;
  private Path model;
  private SignedRelease release;

  @BeforeEach
  void sign() throws IOException {
    model = SampleRelease.copyModel(temporary);
    release = signer.sign(PapersScene.describe(model).build());
  }

  private SignedRelease attested() {
    SlsaProvenance provenance =
        ReleaseProvenance.of(release.manifest(), BuildIdentity.gitHubActions(JOB));
    SignedRelease built = signer.attest(release, SlsaProvenance.TYPE, provenance.toJson());
    return signer.attest(built, MlBom.PREDICATE_TYPE, new MlBom(release).toJson());
  }

  private static JsonNode statement(String bundle) throws IOException {
    JsonNode envelope = JSON.readTree(bundle).get("dsseEnvelope");
    return JSON.readTree(Base64.getDecoder().decode(envelope.get("payload").textValue()));
  }

  @Test
  void signatureBillAndProvenanceCarryTheSameDigest() throws IOException {
    SignedRelease attested = attested();
    List<JsonNode> statements = new ArrayList<>();
    statements.add(statement(new String(attested.signature(), StandardCharsets.UTF_8)));
    for (String line :
        new String(attested.attestations().orElseThrow(), StandardCharsets.UTF_8)
            .lines()
            .toList()) {
      statements.add(statement(line));
    }
    String root = release.rootDigest().hex();
    assertThat(statements)
        .hasSize(3)
        .allSatisfy(s -> assertThat(s.at("/subject/0/digest/sha256").textValue()).isEqualTo(root));
    assertThat(statements.get(2).at("/predicate/metadata/component/hashes/0/content").textValue())
        .isEqualTo(root);
    assertThat(JSON.readTree(new MlBom(release).toJson()))
        .isEqualTo(statements.get(2).get("predicate"));
  }

  @Test
  void aDeviceCanRequireBothOfThem() {
    TrustPolicy policy =
        TrustPolicy.builder()
            .signatureAlone()
            .signer("team", signer.publicKey(), "assistant")
            .attestation(AttestationRule.of(MlBom.PREDICATE_TYPE, "team"))
            .attestation(
                new AttestationRule(
                    List.of("*"),
                    SlsaProvenance.TYPE,
                    List.of("team"),
                    List.of(BUILDER),
                    List.of("https://github.com/acme/")))
            .build();
    PolicyModelVerifier verifier = PolicyModelVerifier.of(policy);
    attested().writeInto(model);
    assertThat(verifier.verify(model).orElseThrow().admission())
        .isInstanceOf(Admission.SignatureAlone.class);
    release.writeInto(model);
    assertThat(verifier.verify(model).orElseThrow().admission())
        .isInstanceOf(Admission.Refused.class);
  }

  @Test
  void theProvenanceNamesAllThatWentIn() throws IOException {
    SlsaProvenance provenance =
        ReleaseProvenance.of(release.manifest(), BuildIdentity.gitHubActions(JOB));
    assertThat(SlsaProvenance.parse(provenance.toJson())).isEqualTo(provenance);
    assertThat(provenance.builderId()).isEqualTo(BUILDER);
    assertThat(provenance.invocationId())
        .isEqualTo("https://github.com/acme/models/actions/runs/77/attempts/2");
    assertThat(provenance.resolvedDependencies())
        .containsExactly(
            Dependency.of("base model", "https://example.com/base", PapersScene.SOURCE),
            new Dependency("quantizer", "pkg:generic/edgellm-quantizer@2", Map.of()),
            data("calibration data", PapersScene.CALIBRATION),
            data("validation data", PapersScene.VALIDATION),
            new Dependency(
                "pipeline",
                "git+https://github.com/acme/models@refs/heads/main",
                Map.of("gitCommit", "0123456789abcdef0123456789abcdef01234567")));
    assertThat(provenance.byproducts()).containsExactly(data("verdict", PapersScene.VERDICT));
    JsonNode parameters = JSON.readTree(provenance.externalParameters());
    assertThat(parameters.at("/recipe/knobs/range").textValue()).isEqualTo("percentile");
    assertThat(parameters.at("/workflow/path").textValue())
        .isEqualTo(".github/workflows/release.yml");
  }

  private static Dependency data(String name, Sha256 digest) {
    return new Dependency(name, null, Map.of("sha256", digest.hex()));
  }

  @Test
  void outsideOfAJobThereIsNoIdentityToTake() {
    assertThatThrownBy(() -> BuildIdentity.gitHubActions(Map.of()))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.MISSING));
    assertThat(
            ReleaseProvenance.of(release.manifest(), BuildIdentity.of("https://ci.test/")).toJson())
        .doesNotContain("workflow", "invocationId");
  }

  @Test
  void aStrictPolicyIsMetByAReleaseThatSaysEverything() {
    assertThat(ReleasePolicy.strict().missingIn(attested())).isEmpty();
    assertThat(ReleasePolicy.strict().missingIn(release))
        .containsExactly(ReleasePolicy.Demand.PROVENANCE, ReleasePolicy.Demand.BOM);
  }

  @Test
  void aReleaseThatLacksWhatThePolicyDemandsIsNotPublished() throws IOException {
    SignedRelease bare = signer.sign(SampleRelease.describe(model, "assistant", "1.0.0").build());
    Path repository = temporary.resolve("repository");
    ReleasePublisher publisher =
        new ReleasePublisher(repository).withPolicy(ReleasePolicy.strict());
    assertThatThrownBy(() -> publisher.publish(bare, model, PublishListener.silent()))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(ReleaseException.Reason.POLICY);
              assertThat(e.getMessage())
                  .contains("nobody approved it", "it was not measured", "it has no license");
            });
    assertThat(repository).doesNotExist();
    publisher.publish(attested(), model, PublishListener.silent());
    assertThat(repository).isDirectory();
  }

  @Test
  void attestationsThatAreNoneAreNotPublished() {
    SignedRelease broken = release.withAttestations("{}\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ReleasePolicy.strict().requireMetBy(broken))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.UNTRUSTED));
  }
}
