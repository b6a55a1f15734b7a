package io.edgellm.trust.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.AttestationStatement;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsSigner;
import io.edgellm.trust.sigstore.SigstoreException.Reason;
import io.edgellm.trust.sigstore.TestSigstore.Order;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AttestationsTest {
  private static final Sha256 MODEL = Sha256.of("model".getBytes(StandardCharsets.UTF_8));
  private static final String BUILD_TYPE = "https://example.com/quantize/v1";
  private static final String BUILDER = "https://ci.test/builder";
  private static final String REPOSITORY = "https://forge.test/acme/models";

  private final EcSigningKey key = EcSigningKey.generate(EcdsaCurve.P384);
  private final SigstoreVerifier signer = SigstoreVerifier.key(key.publicKey().toPem());

  private static SlsaProvenance provenance(String parameters, SlsaProvenance.Dependency... from) {
    return new SlsaProvenance(BUILD_TYPE, BUILDER, parameters, List.of(from));
  }

  private static SlsaProvenance provenance() {
    return provenance("{\"repository\":\"" + REPOSITORY + "\"}");
  }

  private String line(String type, String predicate, Sha256 subject) {
    try {
      return new String(
          new OmsSigner(key)
              .sign(new AttestationStatement(type, predicate, "model", subject).toJson()),
          StandardCharsets.UTF_8);
    } catch (OmsFault e) {
      throw new AssertionError(e);
    }
  }

  private String line(SlsaProvenance provenance) {
    return line(SlsaProvenance.TYPE, provenance.toJson(), MODEL);
  }

  private static Attestations document(String... lines) {
    return Attestations.parse(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  private AttestationRequirement requirement(
      List<String> builders, List<String> types, List<String> sources) {
    return new AttestationRequirement(
        SlsaProvenance.TYPE, List.of(signer), builders, types, sources);
  }

  private AttestationRequirement any() {
    return requirement(List.of(), List.of(), List.of());
  }

  private static String refusal(Attestations from, AttestationRequirement requirement) {
    SigstoreException e =
        catchThrowableOfType(SigstoreException.class, () -> from.require(requirement, MODEL));
    assertThat(e.reason()).isEqualTo(Reason.UNMET);
    return String.valueOf(e.getMessage());
  }

  @Test
  void findsTheAttestationThatMeetsTheRequirement() {
    Attestations document =
        document(line("https://example.com/checked/v1", "{}", MODEL), line(provenance()));

    Attestation found =
        document.require(
            requirement(List.of(BUILDER), List.of(BUILD_TYPE), List.of("https://forge.test/acme/")),
            MODEL);

    assertThat(document.size()).isEqualTo(2);
    assertThat(found.predicateType()).isEqualTo(SlsaProvenance.TYPE);
    assertThat(SlsaProvenance.parse(found.predicate())).isEqualTo(provenance());
    assertThat(found.subjects()).containsExactly(new Attestation.Subject("model", MODEL));
    assertThat(found.signer())
        .isEqualTo(new BundleSigner.Key("ecdsa-p384", key.publicKey().hint()));
    assertThat(found.attestedAt()).isNull();
    assertThat(found.describe()).startsWith(SlsaProvenance.TYPE + " by ecdsa-p384 ");
  }

  @Test
  void anAccountAttestsWithATime() {
    TestSigstore sigstore = new TestSigstore();
    String line =
        new String(
            TestSigstore.bytes(sigstore.sign(TestSigstore.statement(MODEL), Order.ordinary())),
            StandardCharsets.UTF_8);
    SigstoreVerifier alice =
        SigstoreVerifier.keyless(
            sigstore.root(), List.of(new KeylessIdentity(TestSigstore.ISSUER, TestSigstore.ALICE)));

    Attestation found =
        document(line)
            .require(
                AttestationRequirement.of("https://example.com/checked/v1", List.of(signer, alice)),
                MODEL);

    assertThat(found.signer().describe()).isEqualTo("alice@models.test (https://accounts.test)");
    assertThat(found.attestedAt()).isEqualTo(TestSigstore.NOON.plusSeconds(5));
    assertThat(found.predicate()).isEqualTo("{\"checked\":true}");
  }

  @Test
  void aLoggedKeyAttestsWithATime() {
    TestSigstore sigstore = new TestSigstore();
    KeyPair managed = TestSigstore.newKey();
    String line =
        new String(
            TestSigstore.bytes(
                sigstore.sign(TestSigstore.statement(MODEL), managed, Order.ordinary())),
            StandardCharsets.UTF_8);
    SigstoreVerifier logged =
        SigstoreVerifier.loggedKey(TestSigstore.pem(managed), sigstore.root());

    Attestation found =
        document(line)
            .require(
                AttestationRequirement.of("https://example.com/checked/v1", List.of(logged)),
                MODEL);

    assertThat(found.attestedAt()).isEqualTo(TestSigstore.NOON.plusSeconds(5));
  }

  @Test
  void refusesADocumentWithoutTheRightType() {
    assertThat(refusal(document(line("https://example.com/x", "{}", MODEL)), any()))
        .contains("missing");
    assertThat(refusal(document(), any())).contains("missing");
  }

  @Test
  void refusesAnAttestationByAStranger() {
    SigstoreVerifier stranger =
        SigstoreVerifier.key(EcSigningKey.generate(EcdsaCurve.P256).publicKey().toPem());

    assertThat(
            refusal(
                document(line(provenance())),
                AttestationRequirement.of(SlsaProvenance.TYPE, List.of(stranger))))
        .contains("another key");
  }

  @Test
  void refusesAnAttestationAboutAnotherModel() {
    String other = line(SlsaProvenance.TYPE, provenance().toJson(), Sha256.of(new byte[0]));

    assertThat(refusal(document(other), any())).contains("not about");
  }

  @Test
  void refusesAnotherBuilderTypeOrSource() {
    Attestations document = document(line(provenance()));

    assertThat(refusal(document, requirement(List.of(BUILDER + "/"), List.of(), List.of())))
        .contains("as builder " + BUILDER);
    assertThat(refusal(document, requirement(List.of(), List.of("x"), List.of())))
        .contains("as type of build");
    assertThat(
            refusal(
                document, requirement(List.of(), List.of(), List.of("https://forge.test/evil/"))))
        .contains("as sources");
  }

  @Test
  void aSourceEndsAtABoundary() {
    Attestations document = document(line(provenance()));

    assertThat(document.require(requirement(List.of(), List.of(), List.of(REPOSITORY)), MODEL))
        .isNotNull();
    assertThat(
            refusal(document, requirement(List.of(), List.of(), List.of("https://forge.test/acm"))))
        .contains("as sources");
  }

  @Test
  void aDependencyOfATrustedRepositoryIsNotTheSource() {
    SlsaProvenance.Dependency trusted =
        new SlsaProvenance.Dependency(null, "git+" + REPOSITORY + "@refs/tags/v1", Map.of());
    SlsaProvenance.Dependency evil =
        new SlsaProvenance.Dependency(null, "git+https://forge.test/evil/x@main", Map.of());
    SlsaProvenance.Dependency data =
        SlsaProvenance.Dependency.of("calibration", "https://data.test/c4", MODEL);
    AttestationRequirement ours = requirement(List.of(), List.of(), List.of(REPOSITORY));

    assertThat(document(line(provenance("{}", trusted, data))).require(ours, MODEL)).isNotNull();
    assertThat(refusal(document(line(provenance("{}", trusted, evil))), ours)).contains("evil");
    assertThat(refusal(document(line(provenance("{}", data))), ours)).contains("as sources");
    assertThat(
            refusal(
                document(
                    line(provenance("{\"source\":\"git+https://forge.test/evil/x\"}", trusted))),
                ours))
        .contains("evil");
  }

  @Test
  void refusesAProvenanceWithoutABuilder() {
    String predicate = "{\"buildDefinition\":{\"buildType\":\"x\",\"externalParameters\":{}}}";

    assertThat(
            refusal(
                document(line(SlsaProvenance.TYPE, predicate, MODEL)),
                requirement(List.of(BUILDER), List.of(), List.of())))
        .contains("runDetails");
  }

  @Test
  void aBrokenLineCondemnsTheDocument() {
    assertThatThrownBy(() -> document(line(provenance()), "{}"))
        .isInstanceOfSatisfying(
            SigstoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
    assertThatThrownBy(() -> document(line(provenance()), "", line(provenance())))
        .isInstanceOf(SigstoreException.class);
  }

  @Test
  void refusesEndlessDocuments() {
    List<String> lines = new ArrayList<>(Collections.nCopies(64, line(provenance())));

    assertThat(document(lines.toArray(String[]::new)).size()).isEqualTo(64);
    lines.add(lines.get(0));
    assertThatThrownBy(() -> document(lines.toArray(String[]::new))).hasMessageContaining("64");
    assertThatThrownBy(() -> Attestations.parse(new byte[Attestations.MAX_BYTES + 1]))
        .hasMessageContaining("4 MiB");
  }

  @Test
  void theStatementIsAlwaysTheSame() {
    SlsaProvenance.Dependency data =
        new SlsaProvenance.Dependency("a", "u", Map.of("sha512", "1", "sha256", "2", "x", "3"));

    assertThat(provenance("{\"b\":1, \"a\":2}", data).toJson())
        .isEqualTo(
            "{\"buildDefinition\":{\"buildType\":\"https://example.com/quantize/v1\","
                + "\"externalParameters\":{\"a\":2,\"b\":1},\"resolvedDependencies\":"
                + "[{\"digest\":{\"sha256\":\"2\",\"sha512\":\"1\",\"x\":\"3\"},"
                + "\"name\":\"a\",\"uri\":\"u\"}]},"
                + "\"runDetails\":{\"builder\":{\"id\":\"https://ci.test/builder\"}}}");
  }

  @Test
  void refusesARequirementThatNobodyCouldMeet() {
    assertThatThrownBy(() -> AttestationRequirement.of("x", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                new AttestationRequirement(
                    "x", List.of(signer), List.of(BUILDER), List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
