package io.edgellm.trust.oms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.trust.sigstore.KeylessIdentity;
import io.edgellm.trust.sigstore.KeylessModelVerifier;
import io.edgellm.trust.sigstore.SigstoreTrustRoot;
import io.edgellm.trust.sigstore.SigstoreVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The public conformance suite of OpenSSF Model Signing, read in place; what came out is written to
 * {@code target/conformance/oms.json}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OmsConformanceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** When the certificates of the suite are valid, except the one that must not be. */
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  @TempDir Path temporary;
  private final Tally all = new Tally();
  private Path suite = Path.of("");

  @BeforeAll
  void findSuite() {
    String dir = System.getProperty("edgellm.conformance.dir", "");
    suite = Path.of(dir, "oms");
    assumeTrue(
        !dir.isEmpty() && Files.isDirectory(suite),
        "pass -Dedgellm.conformance.dir=<directory that holds oms/> to run the public suite");
  }

  @AfterAll
  void writeTally() throws IOException {
    if (all.total > 0) {
      all.write();
    }
  }

  /** Returns whom a case trusts. */
  private static MethodVerifier signer(OmsCase c) throws IOException, OmsFault {
    return switch (c.method()) {
      case "key" -> old(keyHolder(c));
      case "certificate" -> old(certificateHolder(c));
      default -> account(c);
    };
  }

  private static MethodVerifier account(OmsCase c) {
    JsonNode verify = c.config().path("verify");
    return new KeylessModelVerifier(
        SigstoreVerifier.keyless(
            SigstoreTrustRoot.read(c.suite().resolve("sigstore_prod_trusted_root.json")),
            List.of(
                new KeylessIdentity(
                    verify.path("identity_provider").asText(), verify.path("identity").asText()))));
  }

  private static KeyHolder keyHolder(OmsCase c) throws IOException, OmsFault {
    return new KeyVerifier(EcVerificationKey.fromPem(c.asset("verify", "public_key")));
  }

  private static KeyHolder certificateHolder(OmsCase c) throws IOException, OmsFault {
    return new CertificateVerifier(
        CertificateAuthorities.fromPem(c.assets("verify", "cert_chain")),
        new CertificateIdentity.EverySigner(),
        () -> NOW);
  }

  private static MethodVerifier old(KeyHolder signer) {
    return new Version020Verifier(signer);
  }

  @Test
  void everyVerificationCaseComesOutRight() throws IOException, OmsFault {
    Tally tally = new Tally();
    for (OmsCase c : OmsCase.list(suite, "verify")) {
      tally.add("verify/" + c.name(), verifies(c, signer(c)) != c.mustFail());
    }
    all.addAll(tally);
    assertThat(tally.failed).isEmpty();
    assertThat(tally.total).isEqualTo(43);
  }

  @Test
  void withoutTheSwitchOnlyTheOldestSignatureIsRefused() throws IOException, OmsFault {
    List<String> wrong = new ArrayList<>();
    for (OmsCase c : OmsCase.list(suite, "verify")) {
      if (signer(c) instanceof Version020Verifier both
          && verifies(c, both.signer()) == c.mustFail()) {
        wrong.add(c.name());
      }
    }
    assertThat(wrong).containsExactly("historical/historical-v0.2.0-certificate");
  }

  @Test
  void whatIsSignedHereIsVerifiedHere() throws IOException {
    Tally tally = new Tally();
    for (OmsCase c : OmsCase.list(suite, "roundtrip")) {
      if (!c.method().equals("sigstore")) {
        tally.add("roundtrip/" + c.name(), roundTrips(c) != c.mustFail());
      }
    }
    all.addAll(tally);
    assertThat(tally.failed).isEmpty();
    assertThat(tally.total).isEqualTo(23);
  }

  @Test
  void noBundleOfAnotherMethodEverVerifiesWithAKey() throws IOException, OmsFault {
    List<String> accepted = new ArrayList<>();
    for (OmsCase c : OmsCase.list(suite, "verify")) {
      if (!c.method().equals("key")) {
        for (String key : List.of("certificate/signing-key-pub.pem", "p384/signing-key-pub.pem")) {
          String pem = Files.readString(suite.resolve("assets/keys").resolve(key));
          if (verifies(c, new KeyVerifier(EcVerificationKey.fromPem(pem)))) {
            accepted.add(c.name());
          }
        }
      }
    }
    // A key bundle that is to be verified by a certificate is a key bundle all the same.
    assertThat(accepted).containsOnly("negative/key-verify-as-certificate_fail");
  }

  @Test
  void theNegativeCasesFailForTheReasonInTheirNames() throws IOException, OmsFault {
    Map<String, OmsFault.Kind> expected =
        Map.ofEntries(
            Map.entry("certificate-expired_fail", OmsFault.Kind.EXPIRED),
            Map.entry("certificate-simple-wrong-ca_fail", OmsFault.Kind.UNTRUSTED_SIGNER),
            Map.entry("key-simple-corrupted-bundle_fail", OmsFault.Kind.MALFORMED),
            Map.entry("key-simple-extra-file_fail", OmsFault.Kind.UNEXPECTED_FILES),
            Map.entry("key-simple-missing-file_fail", OmsFault.Kind.UNEXPECTED_FILES),
            Map.entry("key-simple-no-signature_fail", OmsFault.Kind.MALFORMED),
            Map.entry("key-simple-tampered-content_fail", OmsFault.Kind.TAMPERED),
            Map.entry("key-simple-truncated-bundle_fail", OmsFault.Kind.MALFORMED),
            Map.entry("key-simple-wrong-key_fail", OmsFault.Kind.UNTRUSTED_SIGNER),
            Map.entry("key-simple-wrong-mediatype_fail", OmsFault.Kind.MALFORMED),
            Map.entry("key-verify-as-certificate_fail", OmsFault.Kind.UNTRUSTED_SIGNER),
            Map.entry("malformed-empty-bundle_fail", OmsFault.Kind.MALFORMED),
            Map.entry("malformed-missing-envelope_fail", OmsFault.Kind.MALFORMED),
            Map.entry("malformed-wrong-payload-type_fail", OmsFault.Kind.MALFORMED),
            Map.entry("sigstore-tampered-content_fail", OmsFault.Kind.TAMPERED),
            Map.entry("sigstore-verify-as-key_fail", OmsFault.Kind.UNTRUSTED_SIGNER),
            Map.entry("sigstore-wrong-identity_fail", OmsFault.Kind.UNTRUSTED_SIGNER),
            Map.entry("sigstore-wrong-issuer_fail", OmsFault.Kind.UNTRUSTED_SIGNER));
    int found = 0;
    for (OmsCase c : OmsCase.list(suite, "verify")) {
      OmsFault.Kind kind = expected.get(c.name().replace("negative/", ""));
      if (kind != null) {
        found++;
        MethodVerifier signer = signer(c);
        assertThatThrownBy(() -> verify(c, signer))
            .as(c.name())
            .isInstanceOfSatisfying(
                OmsFault.class, e -> assertThat(e.kind()).as(c.name()).isEqualTo(kind));
      }
    }
    assertThat(found).isEqualTo(expected.size());
  }

  @Test
  void theSerializerDescribesModelsAsTheReferenceDoes() throws IOException, OmsFault {
    Tally tally = new Tally();
    try (Stream<Path> models = Files.list(suite.resolve("goldens"))) {
      for (Path model : models.sorted().toList()) {
        for (Map.Entry<String, Partition> kind :
            Map.<String, Partition>of(
                    "file", new Partition.WholeFiles(),
                    "shard", new Partition.Shards(1_000_000_000),
                    "small_shards", new Partition.Shards(8))
                .entrySet()) {
          JsonNode expected =
              JSON.readTree(
                  model.resolve("expected_" + kind.getKey() + ".statement.json").toFile());
          Statement statement =
              OmsSigner.describe(
                  golden(model, expected), IgnoredPaths.none(), kind.getValue(), Symlinks.FOLLOWED);
          tally.add(
              "goldens/" + model.getFileName() + "/" + kind.getKey(),
              JSON.readTree(statement.toJson()).equals(inTheSpecificationsForm(expected)));
        }
      }
    }
    all.addAll(tally);
    assertThat(tally.failed).isEmpty();
    assertThat(tally.total).isEqualTo(21);
  }

  @Test
  void theSchemaVectorsAreAcceptedAndRefused() throws IOException {
    Tally tally = new Tally();
    try (Stream<Path> files = Files.walk(suite.resolve("schema-vectors"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        boolean valid = file.resolveSibling("").endsWith("valid");
        tally.add(
            "schema-vectors/" + file.getFileName(),
            isWellFormed(Files.readAllBytes(file)) == valid);
      }
    }
    all.addAll(tally);
    assertThat(tally.failed).isEmpty();
    assertThat(tally.total).isEqualTo(8);
  }

  @Test
  void theSamePayloadIsSignedTwice() throws Exception {
    Path model = suite.resolve("assets/models/multi-file");
    OmsSigner signer = new OmsSigner(EcSigningKey.generate(EcdsaCurve.P256));
    assertThat(SignatureBundle.parse(signer.sign(model, List.of())).envelope().payload())
        .isEqualTo(SignatureBundle.parse(signer.sign(model, List.of())).envelope().payload());
  }

  private static boolean isWellFormed(byte[] bundle) {
    try {
      SignatureBundle.parse(bundle).statement();
      return true;
    } catch (OmsFault e) {
      return false;
    }
  }

  private boolean verifies(OmsCase c, MethodVerifier signer) throws IOException {
    try {
      return c.expects(verify(c, signer).statement());
    } catch (OmsFault e) {
      return false;
    }
  }

  private SignedStatement verify(OmsCase c, MethodVerifier signer) throws IOException, OmsFault {
    return new OmsVerifier(List.of(signer), ModelHasher.sequential())
        .verify(c.model(temporary), c.bundle(), c.ignored(), Symlinks.REFUSED);
  }

  private boolean roundTrips(OmsCase c) throws IOException {
    Path model = c.model(temporary);
    try {
      Path signature =
          c.config().path("sig_inside_model").asBoolean()
              ? model.resolve("model.sig")
              : temporary.resolve(c.name() + ".sig");
      List<String> ignored = new ArrayList<>(c.ignored());
      ignored.add("model.sig");
      Files.write(signature, ownSigner(c).sign(model, ignored));
      SignedStatement signed =
          new OmsVerifier(List.of(signer(c)), ModelHasher.sequential())
              .verify(model, Files.readAllBytes(signature), List.of(), Symlinks.REFUSED);
      return c.expects(signed.statement());
    } catch (OmsFault e) {
      return false;
    }
  }

  private static OmsSigner ownSigner(OmsCase c) throws IOException, OmsFault {
    OmsSigner signer = new OmsSigner(EcSigningKey.fromPem(c.asset("sign", "private_key")));
    return c.method().equals("certificate")
        ? signer.withCertificates(
            SigningChain.fromPem(c.asset("sign", "signing_cert") + c.assets("sign", "cert_chain")))
        : signer;
  }

  /** Finds the model of a golden, and restores what an archive of it cannot hold. */
  private Path golden(Path model, JsonNode expected) throws IOException {
    String name = expected.path("subject").path(0).path("name").asText();
    Path copy = Files.createTempDirectory(temporary, "golden");
    OmsCase.copyTree(model, copy);
    Path root = copy.resolve(name);
    if (!Files.exists(root)) {
      Files.createDirectory(root);
    }
    Path link = root.resolve("symlink_file");
    if (Files.exists(link)) {
      Path target = Path.of(Files.readString(link));
      Files.delete(link);
      Files.createSymbolicLink(link, target);
    }
    return root;
  }

  /** The reference writes the size of a shard as a fraction, and into the algorithm. */
  private static JsonNode inTheSpecificationsForm(JsonNode expected) {
    ObjectNode predicate = (ObjectNode) expected.path("predicate");
    ObjectNode serialization = (ObjectNode) predicate.path("serialization");
    serialization.putArray("ignore_paths");
    if (serialization.has("shard_size")) {
      serialization.put("shard_size", serialization.path("shard_size").asInt());
    }
    ArrayNode resources = (ArrayNode) predicate.path("resources");
    resources.forEach(r -> ((ObjectNode) r).put("algorithm", "sha256"));
    return expected;
  }

  /** Counts, and writes the count where the build collects it. */
  private static final class Tally {
    private final List<String> failed = new ArrayList<>();
    private int total;

    void add(String name, boolean passed) {
      total++;
      if (!passed) {
        failed.add(name);
      }
    }

    void addAll(Tally other) {
      total += other.total;
      failed.addAll(other.failed);
    }

    void write() throws IOException {
      ObjectNode out = JSON.createObjectNode();
      out.put("suite", "oms").put("total", total).put("passed", total - failed.size());
      failed.forEach(out.putArray("failed")::add);
      Path directory = Files.createDirectories(Path.of("target", "conformance"));
      Files.write(directory.resolve("oms.json"), JSON.writeValueAsBytes(out));
    }
  }
}
