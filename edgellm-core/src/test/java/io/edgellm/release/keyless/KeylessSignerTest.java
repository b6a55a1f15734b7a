package io.edgellm.release.keyless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.release.KeyAlgorithm;
import io.edgellm.release.KeyFile;
import io.edgellm.release.ManifestSigner;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.ReleaseException.Reason;
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
import io.edgellm.trust.VerifiedModel;
import io.edgellm.trust.oms.TestCertificate;
import io.edgellm.trust.sigstore.SigstoreTrustRoot;
import io.edgellm.trust.sigstore.SlsaProvenance;
import io.edgellm.trust.sigstore.TestSigstoreServers;
import io.edgellm.trust.sigstore.TestSigstoreServers.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signing without a key, against services on loopback that check what the real ones check. */
final class KeylessSignerTest {
  private static final String WORKFLOW =
      "https://forge.test/acme/models/.github/workflows/r.yml@main";
  private static final String ALICE = "alice@models.test";

  @TempDir Path temporary;
  private TestSigstoreServers servers;
  private Path model;
  private ReleaseManifest manifest;

  @BeforeEach
  void start() throws IOException {
    servers = new TestSigstoreServers();
    model = SampleRelease.copyModel(temporary);
    manifest = SampleRelease.describe(model, "assistant", "1.0.0").build();
  }

  @AfterEach
  void stop() {
    servers.close();
  }

  private SigstoreServices services() {
    return SigstoreServices.at(servers.address(), servers.address());
  }

  private KeylessSigner signer(SigstoreServices services, String subject, TokenSource tokens) {
    return new KeylessSigner(
        services,
        servers.root(),
        TestSigstoreServers.account(subject),
        tokens,
        InstantSource.fixed(TestSigstoreServers.NOW));
  }

  private KeylessSigner workflow() {
    return workflow(services());
  }

  private KeylessSigner workflow(SigstoreServices services) {
    return signer(services, WORKFLOW, TokenSource.of(servers.token(WORKFLOW)));
  }

  private TrustPolicy trusting(String subject, SigstoreTrustRoot root) {
    return TrustPolicy.builder()
        .sigstoreRoot(root.toJson())
        .signer(
            "ci",
            new Credential.Keyless(TestSigstoreServers.account(subject).issuer(), subject),
            "assistant")
        .signatureAlone()
        .build();
  }

  private Verdict verdict(TrustPolicy policy) {
    return PolicyModelVerifier.of(policy).verify(model);
  }

  private static ReleaseException refused(Reason reason, ThrowingCallable call) {
    ReleaseException[] thrown = new ReleaseException[1];
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> {
              thrown[0] = e;
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
            });
    return thrown[0];
  }

  @Test
  void devicesAcceptWhatAnAccountSigned() {
    workflow().sign(manifest).writeInto(model);

    VerifiedModel verified = verdict(trusting(WORKFLOW, servers.root())).orElseThrow();

    assertThat(verified.receipt().method()).isEqualTo("oms/sigstore");
    assertThat(verified.receipt().identity()).contains(WORKFLOW);
    assertThat(servers.asked()).containsExactly("/api/v2/signingCert", "/api/v1/log/entries");
  }

  @Test
  void aPersonSignsWithAMailAddress() {
    signer(services(), ALICE, TokenSource.of(servers.token(ALICE))).sign(manifest).writeInto(model);
    assertThat(verdict(trusting(ALICE, servers.root())).orElseThrow().receipt().identity())
        .contains(ALICE);
  }

  @Test
  void devicesRefuseItForAnotherAccountOrRoot() throws IOException {
    workflow().sign(manifest).writeInto(model);
    assertThat(verdict(trusting("https://forge.test/evil/*", servers.root())))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            r -> assertThat(r.reason()).isEqualTo(TrustException.Reason.UNTRUSTED_SIGNER));
    try (TestSigstoreServers others = new TestSigstoreServers()) {
      assertThat(verdict(trusting(WORKFLOW, others.root())))
          .isInstanceOfSatisfying(
              Verdict.Rejected.class,
              r -> assertThat(r.reason()).isEqualTo(TrustException.Reason.BAD_SIGNATURE));
    }
  }

  @Test
  void aTimeStampAuthorityIsAskedIfThereIsOne() {
    SigstoreServices services = services().stampedBy(servers.address().resolve("/stamp"));
    SignedRelease release = workflow(services).sign(manifest);
    release.writeInto(model);
    assertThat(new String(release.signature(), StandardCharsets.UTF_8))
        .contains("rfc3161Timestamps");
    assertThat(verdict(trusting(WORKFLOW, servers.root())).orElseThrow()).isNotNull();
    assertThat(servers.asked()).contains("/stamp");
  }

  @Test
  void aWorkflowAsksGithubForItsToken() {
    TokenSource github =
        TokenSource.githubActions(
            Map.of(
                "ACTIONS_ID_TOKEN_REQUEST_URL",
                servers.address() + "/token?run=1",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                TestSigstoreServers.BEARER));
    signer(services(), WORKFLOW, github).sign(manifest).writeInto(model);
    assertThat(verdict(trusting(WORKFLOW, servers.root())).orElseThrow()).isNotNull();
    assertThat(github.toString()).doesNotContain(TestSigstoreServers.BEARER);
  }

  @Test
  void theTokenComesFromAFile() throws IOException {
    Path file = Files.writeString(temporary.resolve("token"), servers.token(WORKFLOW) + "\n");
    signer(services(), WORKFLOW, TokenSource.inFile(file)).sign(manifest).writeInto(model);
    assertThat(verdict(trusting(WORKFLOW, servers.root())).orElseThrow()).isNotNull();
  }

  @Test
  void allMethodsSignTheSameStatement() {
    TestCertificate team =
        TestCertificate.root("CN=Root").build().signer("CN=Release Team").build();
    List<ManifestSigner> methods =
        List.of(
            ReleaseSigner.of(KeyFile.generate(KeyAlgorithm.ECDSA_P384)),
            ReleaseSigner.fromPem(team.signingKey().toPem()).withCertificates(team.pem()),
            workflow());
    List<SignedRelease> releases = methods.stream().map(m -> m.sign(manifest)).toList();
    assertThat(releases)
        .extracting(SignedRelease::rootDigest)
        .containsOnly(releases.get(0).rootDigest());
    assertThat(releases.stream().map(SignedRelease::signature).distinct()).hasSize(3);
  }

  @Test
  void anAccountAttests() {
    ReleaseSigner key = ReleaseSigner.generate();
    SlsaProvenance provenance =
        new SlsaProvenance("https://example.com/quantize/v1", "https://ci.test/b", "{}", List.of());
    workflow()
        .attest(key.sign(manifest), SlsaProvenance.TYPE, provenance.toJson())
        .writeInto(model);
    TrustPolicy policy =
        TrustPolicy.builder()
            .sigstoreRoot(servers.root().toJson())
            .signer("team", key.publicKey(), "assistant")
            .attestor(
                "ci",
                new Credential.Keyless(TestSigstoreServers.account(WORKFLOW).issuer(), WORKFLOW))
            .attestation(AttestationRule.of(SlsaProvenance.TYPE, "ci"))
            .signatureAlone()
            .build();
    assertThat(verdict(policy).orElseThrow().admission())
        .isInstanceOf(Admission.SignatureAlone.class);
  }

  @Test
  void refusesAnExpiredTokenBeforeAnybodyIsAsked() {
    String expired = servers.token(WORKFLOW, "sigstore", TestSigstoreServers.NOW);
    ReleaseException e =
        refused(
            Reason.IDENTITY,
            () -> signer(services(), WORKFLOW, TokenSource.of(expired)).sign(manifest));
    assertThat(e).hasMessageContaining("expired").hasMessageNotContaining(expired);
    assertThat(servers.asked()).isEmpty();
  }

  @Test
  void refusesATokenForSomebodyElseOrNoToken() {
    String other = servers.token(WORKFLOW, "a cloud", TestSigstoreServers.NOW.plusSeconds(60));
    refused(
        Reason.IDENTITY, () -> signer(services(), WORKFLOW, TokenSource.of(other)).sign(manifest));
    for (String text : List.of("", "token", "a.b.c", "..", "e30.e30.e30")) {
      refused(
          Reason.IDENTITY, () -> signer(services(), WORKFLOW, TokenSource.of(text)).sign(manifest));
    }
    refused(Reason.IDENTITY, () -> TokenSource.githubActions(Map.of()));
    assertThat(servers.asked()).isEmpty();
  }

  @Test
  void refusesAForgedTokenAsTheAuthorityDoes() {
    String[] parts = servers.token(WORKFLOW).split("\\.", -1);
    String forged = parts[0] + "." + parts[1] + "." + servers.token(ALICE).split("\\.", -1)[2];
    refused(
        Reason.IDENTITY, () -> signer(services(), WORKFLOW, TokenSource.of(forged)).sign(manifest));
  }

  @ParameterizedTest
  @CsvSource({
    "REFUSING_AUTHORITY, IDENTITY, no such account",
    "OTHER_ACCOUNT, UNTRUSTED, eve@models.test",
    "UNLOGGED_CERTIFICATE, UNTRUSTED, logged",
    "BROKEN_LOG, UNREACHABLE, 503",
    "WRONG_ENTRY, UNTRUSTED, not handed out",
    "FORGED_PROMISE, UNTRUSTED, not handed out",
    "NO_ENTRY, UNTRUSTED, entries",
    "ENDLESS_LOG, UNREACHABLE, bytes",
  })
  void handsOutNothingThatServicesSpoiled(Fault fault, Reason reason, String words) {
    servers.commit(fault);
    assertThat(refused(reason, () -> workflow().sign(manifest))).hasMessageContaining(words);
  }

  @ParameterizedTest
  @CsvSource({"SILENT_LOG", "STALLING_LOG"})
  void waitsForALogOnlySoLong(Fault fault) {
    servers.commit(fault);
    KeylessSigner signer = workflow(services().within(Duration.ofMillis(400)));
    assertThat(refused(Reason.UNREACHABLE, () -> signer.sign(manifest)))
        .hasMessageContaining("400 ms");
  }

  @Test
  void saysThatALogCannotBeReached() throws IOException {
    URI nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    assertThat(
            refused(
                Reason.UNREACHABLE,
                () -> workflow(SigstoreServices.at(servers.address(), nobody)).sign(manifest)))
        .hasMessageContaining("transparency log");
  }

  @Test
  void refusesATimeStampThatTheCertificateDoesNotSpan() {
    servers.commit(Fault.LATE_STAMP);
    SigstoreServices services = services().stampedBy(servers.address().resolve("/stamp"));
    refused(Reason.UNTRUSTED, () -> workflow(services).sign(manifest));
  }

  @Test
  void tokensGoOverEncryptedConnectionsAlone() {
    for (String address :
        List.of("http://fulcio.example", "ftp://127.0.0.1", "fulcio", "https:/x")) {
      assertThatThrownBy(() -> SigstoreServices.at(URI.create(address), servers.address()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(SigstoreServices.publicInstance().log().getHost()).isEqualTo("rekor.sigstore.dev");
  }
}
