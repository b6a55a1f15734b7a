package io.edgellm.trust.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.release.SampleRelease;
import io.edgellm.trust.Admission;
import io.edgellm.trust.AttestationRule;
import io.edgellm.trust.Credential;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.Verdict;
import io.edgellm.trust.VerificationReceipt;
import io.edgellm.trust.VerifiedModel;
import io.edgellm.trust.sigstore.TestSigstore.Order;
import io.edgellm.trust.time.TrustedClock;
import io.edgellm.trust.time.TrustedTime.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies that name keyless signers, and that require attestations, over whole releases. */
final class SigstoreReleaseTest {
  private static final String WORKFLOW =
      "https://forge.test/acme/models/.github/workflows/release.yml@refs/tags/v1";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestSigstore sigstore = new TestSigstore();
  private final ReleaseSigner key = ReleaseSigner.generate();
  private Path directory;
  @TempDir Path temporary;

  @BeforeEach
  void sign() throws IOException {
    directory = SampleRelease.signed(temporary, key);
  }

  /** Signs what the key signed once more, without a key. */
  private void signWithoutKey(Order order) throws IOException {
    JsonNode bundle = JSON.readTree(SignedRelease.read(directory).signature());
    byte[] payload = Base64.getDecoder().decode(bundle.at("/dsseEnvelope/payload").asText());
    Files.write(
        directory.resolve("release.sig"), JSON.writeValueAsBytes(sigstore.sign(payload, order)));
  }

  private TrustPolicy.Builder policy() {
    return TrustPolicy.builder().sigstoreRoot(sigstore.root().toJson()).signatureAlone();
  }

  private TrustPolicy trustingWorkflows() {
    return policy()
        .signer(
            "ci",
            new Credential.Keyless(TestSigstore.ISSUER, "https://forge.test/acme/models/*"),
            "assistant")
        .build();
  }

  private TrustPolicy requiring(AttestationRule rule) {
    return policy()
        .signer("release-team", key.publicKey(), "assistant")
        .attestor("auditor", new Credential.Keyless(TestSigstore.ISSUER, TestSigstore.ALICE))
        .attestation(rule)
        .build();
  }

  private VerifiedModel verified(TrustPolicy policy) {
    return PolicyModelVerifier.of(policy).verify(directory).orElseThrow();
  }

  private Admission.Refused refused(TrustPolicy policy) {
    Optional<Verdict.Rejected> objection =
        PolicyModelVerifier.of(policy).examine(SignedRelease.read(directory));
    Admission admission = verified(policy).admission();
    assertThat(admission).isInstanceOf(Admission.Refused.class);
    Admission.Refused refused = (Admission.Refused) admission;
    assertThat(objection.map(Verdict.Rejected::reason)).contains(refused.reason());
    return refused;
  }

  @Test
  void acceptsAReleaseThatAWorkflowSigned() throws IOException {
    signWithoutKey(Order.ordinary().by(TestSigstore.ISSUER, WORKFLOW));
    VerificationReceipt receipt = verified(trustingWorkflows()).receipt();
    assertThat(receipt.method()).isEqualTo("oms/sigstore");
    assertThat(receipt.signer()).isEqualTo("ci");
    assertThat(receipt.identity()).contains(WORKFLOW, TestSigstore.ISSUER);
  }

  @Test
  void refusesAReleaseThatAnotherAccountSigned() throws IOException {
    signWithoutKey(Order.ordinary().by(TestSigstore.ISSUER, "https://forge.test/evil/models/x"));
    assertThat(PolicyModelVerifier.of(trustingWorkflows()).verify(directory))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            r -> assertThat(r.reason()).isEqualTo(TrustException.Reason.UNTRUSTED_SIGNER));
  }

  @Test
  void refusesAnAccountForAnotherModelLine() throws IOException {
    signWithoutKey(Order.ordinary().by(TestSigstore.ISSUER, WORKFLOW));
    TrustPolicy other =
        policy()
            .signer("ci", new Credential.Keyless(TestSigstore.ISSUER, WORKFLOW), "other")
            .build();
    assertThat(PolicyModelVerifier.of(other).verify(directory))
        .isInstanceOf(Verdict.Rejected.class);
  }

  @Test
  void learnsFromTheLogHowLateItIsAtLeast() throws IOException {
    signWithoutKey(Order.ordinary().by(TestSigstore.ISSUER, WORKFLOW));
    TrustedClock clock = TrustedClock.open(temporary.resolve("time"), () -> Instant.EPOCH);
    PolicyModelVerifier.of(trustingWorkflows(), clock).verify(directory).orElseThrow();
    assertThat(clock.read().now()).isEqualTo(TestSigstore.NOON.plusSeconds(5));
    assertThat(clock.read().source()).isEqualTo(Source.TRANSPARENCY_LOG);
  }

  @Test
  void admitsNothingThatIsNotAttested() {
    TrustPolicy policy = requiring(AttestationRule.of(SlsaProvenance.TYPE, "release-team"));
    assertThat(refused(policy).reason()).isEqualTo(TrustException.Reason.NOT_ATTESTED);
    assertThat(refused(policy).message()).contains(SlsaProvenance.TYPE);
  }

  @Test
  void admitsWhatAKeyAttested() {
    TrustPolicy policy = requiring(provenanceBy("release-team"));
    attestWithKey("https://ci.test/builder");
    assertThat(verified(policy).admission()).isInstanceOf(Admission.SignatureAlone.class);
    assertThat(verified(policy).receipt().checks())
        .anyMatch(check -> check.startsWith("Attested: " + SlsaProvenance.TYPE));
  }

  @Test
  void doesNotAdmitTheProvenanceOfAnotherBuilder() {
    attestWithKey("https://laptop.test/");
    assertThat(refused(requiring(provenanceBy("release-team"))).message())
        .contains("https://laptop.test/");
  }

  @Test
  void doesNotTakeTheWordOfASignerWhoIsNotAsked() {
    attestWithKey("https://ci.test/builder");
    assertThat(refused(requiring(provenanceBy("auditor"))).reason())
        .isEqualTo(TrustException.Reason.NOT_ATTESTED);
  }

  @Test
  void admitsWhatAnAccountAttested() throws IOException {
    SignedRelease release = SignedRelease.read(directory);
    ObjectNode statement = JSON.createObjectNode();
    statement.put("_type", "https://in-toto.io/Statement/v1");
    ObjectNode subject = statement.putArray("subject").addObject().put("name", "assistant");
    subject.putObject("digest").put("sha256", release.rootDigest().hex());
    statement.put("predicateType", "https://example.com/reviewed/v1").putObject("predicate");
    byte[] line =
        JSON.writeValueAsBytes(sigstore.sign(JSON.writeValueAsBytes(statement), Order.ordinary()));
    release.withAttestations(line).writeInto(directory);
    TrustPolicy policy =
        requiring(AttestationRule.of("https://example.com/reviewed/v1", "auditor"));
    assertThat(verified(policy).admission()).isInstanceOf(Admission.SignatureAlone.class);
  }

  @Test
  void doesNotAdmitReleasesWithABrokenLineOfAttestations() {
    attestWithKey("https://ci.test/builder");
    SignedRelease release = SignedRelease.read(directory);
    String lines = new String(release.attestations().orElseThrow(), StandardCharsets.UTF_8);
    release
        .withAttestations((lines.strip() + "\n{}\n").getBytes(StandardCharsets.UTF_8))
        .writeInto(directory);
    assertThat(refused(requiring(provenanceBy("release-team"))).reason())
        .isEqualTo(TrustException.Reason.MALFORMED);
  }

  private static AttestationRule provenanceBy(String signer) {
    return new AttestationRule(
        List.of("assist*"),
        SlsaProvenance.TYPE,
        List.of(signer),
        List.of("https://ci.test/builder"),
        List.of());
  }

  private void attestWithKey(String builder) {
    SlsaProvenance provenance =
        new SlsaProvenance("https://example.com/quantize/v1", builder, "{}", List.of());
    key.attest(SignedRelease.read(directory), SlsaProvenance.TYPE, provenance.toJson())
        .writeInto(directory);
  }
}
