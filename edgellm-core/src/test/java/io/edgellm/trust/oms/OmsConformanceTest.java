package io.edgellm.trust.oms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The public conformance suite of OpenSSF Model Signing, read in place. */
final class OmsConformanceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path temporary;
  private Path suite;

  @BeforeEach
  void findSuite() {
    String dir = System.getProperty("edgellm.conformance.dir", "");
    suite = Path.of(dir, "oms");
    assumeTrue(
        !dir.isEmpty() && Files.isDirectory(suite),
        "pass -Dedgellm.conformance.dir=<directory that holds oms/> to run the public suite");
  }

  /** A case: what to do with a model, and how it must end. */
  private record Case(String name, Path directory, JsonNode config) {
    String method() {
      return config.path("method").asText();
    }

    boolean mustFail() {
      return config.path("expect").asText().equals("fail");
    }

    List<String> ignored() {
      List<String> paths = new ArrayList<>();
      config.path("verify").path("ignore_paths").forEach(p -> paths.add(p.asText()));
      return paths;
    }
  }

  private List<Case> cases(String group) throws IOException {
    List<Case> cases = new ArrayList<>();
    Path root = suite.resolve("test-cases").resolve(group);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path config : files.filter(f -> f.endsWith("config.json")).sorted().toList()) {
        Path directory = config.resolveSibling("");
        cases.add(
            new Case(
                root.relativize(directory).toString(), directory, JSON.readTree(config.toFile())));
      }
    }
    return cases;
  }

  @Test
  void everyVerificationCaseOfTheKeyMethodComesOutRight() throws IOException {
    Tally tally = new Tally("oms-key");
    int otherMethods = 0;
    for (Case c : cases("verify")) {
      if (c.method().equals("key")) {
        tally.add(c.name(), verifies(c) != c.mustFail());
      } else {
        otherMethods++;
      }
    }
    for (Case c : cases("roundtrip")) {
      if (c.method().equals("key")) {
        tally.add("roundtrip/" + c.name(), roundTrips(c) != c.mustFail());
      }
    }
    tally.write();

    assertThat(otherMethods).as("cases of the methods certificate and sigstore").isEqualTo(17);
    assertThat(tally.failed).isEmpty();
    assertThat(tally.total).as("cases of the method key").isEqualTo(26 + 20);
  }

  @Test
  void noBundleOfAnotherMethodEverVerifiesWithAKey() throws IOException {
    List<String> accepted = new ArrayList<>();
    for (Case c : cases("verify")) {
      if (!c.method().equals("key")) {
        for (String key : List.of("certificate/signing-key-pub.pem", "p384/signing-key-pub.pem")) {
          if (verifies(c, suite.resolve("assets/keys").resolve(key))) {
            accepted.add(c.name());
          }
        }
      }
    }
    // A key bundle that is to be verified by a certificate is a key bundle all the same.
    assertThat(accepted).containsOnly("negative/key-verify-as-certificate_fail");
  }

  @Test
  void theNegativeCasesFailForTheReasonInTheirNames() throws IOException {
    Map<String, OmsFault.Kind> expected =
        Map.ofEntries(
            Map.entry("key-simple-corrupted-bundle_fail", OmsFault.Kind.MALFORMED),
            Map.entry("key-simple-extra-file_fail", OmsFault.Kind.UNEXPECTED_FILES),
            Map.entry("key-simple-missing-file_fail", OmsFault.Kind.UNEXPECTED_FILES),
            Map.entry("key-simple-no-signature_fail", OmsFault.Kind.MALFORMED),
            Map.entry("key-simple-tampered-content_fail", OmsFault.Kind.TAMPERED),
            Map.entry("key-simple-truncated-bundle_fail", OmsFault.Kind.MALFORMED),
            Map.entry("key-simple-wrong-key_fail", OmsFault.Kind.UNTRUSTED_SIGNER),
            Map.entry("key-simple-wrong-mediatype_fail", OmsFault.Kind.MALFORMED),
            Map.entry("malformed-empty-bundle_fail", OmsFault.Kind.MALFORMED),
            Map.entry("malformed-missing-envelope_fail", OmsFault.Kind.MALFORMED),
            Map.entry("malformed-wrong-payload-type_fail", OmsFault.Kind.MALFORMED),
            Map.entry("sigstore-verify-as-key_fail", OmsFault.Kind.UNTRUSTED_SIGNER));
    for (Case c : cases("verify")) {
      OmsFault.Kind kind = expected.get(c.name().replace("negative/", ""));
      if (kind != null) {
        assertThatThrownBy(() -> verify(c, publicKey(c)))
            .as(c.name())
            .isInstanceOfSatisfying(
                OmsFault.class, e -> assertThat(e.kind()).as(c.name()).isEqualTo(kind));
      }
    }
  }

  @Test
  void theSerializerDescribesModelsAsTheReferenceDoes() throws IOException, OmsFault {
    Tally tally = new Tally("oms-serializer");
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
              model.getFileName() + "/" + kind.getKey(),
              JSON.readTree(statement.toJson()).equals(inTheSpecificationsForm(expected)));
        }
      }
    }
    tally.write();
    assertThat(tally.failed).isEmpty();
    assertThat(tally.total).isEqualTo(21);
  }

  @Test
  void theSchemaVectorsAreAcceptedAndRefused() throws IOException {
    Tally tally = new Tally("oms-schema");
    try (Stream<Path> files = Files.walk(suite.resolve("schema-vectors"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        boolean valid = file.resolveSibling("").endsWith("valid");
        tally.add(file.getFileName().toString(), isWellFormed(Files.readAllBytes(file)) == valid);
      }
    }
    tally.write();
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

  @Test
  void refusesTheWronglyEncodedEnvelopeOfVersion020() throws IOException {
    Path directory = suite.resolve("test-cases/verify/historical/historical-v0.2.0-certificate");
    EcVerificationKey key = key("certificate/signing-key-pub.pem");
    SignatureBundle bundle = parse(Files.readAllBytes(directory.resolve("bundle.sig")));
    assertThat(
            key.verifies(
                bundle.envelope().preAuthenticationEncoding(),
                bundle.envelope().signature().toBytes()))
        .isFalse();
    assertThatThrownBy(() -> Statement.parse(bundle.envelope().payload().toBytes()))
        .hasMessageContaining("predicateType");
  }

  private boolean isWellFormed(byte[] bundle) {
    try {
      Statement.parse(SignatureBundle.parse(bundle).envelope().payload().toBytes());
      return true;
    } catch (OmsFault e) {
      return false;
    }
  }

  private static SignatureBundle parse(byte[] bytes) {
    try {
      return SignatureBundle.parse(bytes);
    } catch (OmsFault e) {
      throw new AssertionError(e);
    }
  }

  private EcVerificationKey key(String path) throws IOException {
    try {
      return EcVerificationKey.fromPem(
          Files.readString(suite.resolve("assets/keys").resolve(path)));
    } catch (OmsFault e) {
      throw new AssertionError(e);
    }
  }

  private boolean verifies(Case c) throws IOException {
    return verifies(c, publicKey(c));
  }

  /** One case names a key that the suite does not ship; any other must do as badly. */
  private Path publicKey(Case c) {
    Path file =
        suite.resolve("assets").resolve(c.config().path("verify").path("public_key").asText());
    return Files.isRegularFile(file)
        ? file
        : suite.resolve("assets/keys/certificate/signing-key-pub.pem");
  }

  private boolean verifies(Case c, Path publicKey) throws IOException {
    try {
      return signsWhatIsExpected(c, verify(c, publicKey).statement());
    } catch (OmsFault e) {
      return false;
    }
  }

  private SignedStatement verify(Case c, Path publicKey) throws IOException, OmsFault {
    return verifier(publicKey)
        .verify(
            prepared(c),
            Files.readAllBytes(c.directory().resolve("bundle.sig")),
            c.ignored(),
            Symlinks.REFUSED);
  }

  private boolean roundTrips(Case c) throws IOException {
    Path model = prepared(c);
    JsonNode config = c.config();
    try {
      EcSigningKey key =
          EcSigningKey.fromPem(
              Files.readString(
                  suite
                      .resolve("assets")
                      .resolve(config.path("sign").path("private_key").asText())));
      Path signature =
          config.path("sig_inside_model").asBoolean()
              ? model.resolve("model.sig")
              : temporary.resolve(c.name() + ".sig");
      List<String> ignored = new ArrayList<>(c.ignored());
      ignored.add("model.sig");
      Files.write(signature, new OmsSigner(key).sign(model, ignored));
      SignedStatement signed =
          verifier(
                  suite
                      .resolve("assets")
                      .resolve(config.path("verify").path("public_key").asText()))
              .verify(model, Files.readAllBytes(signature), List.of(), Symlinks.REFUSED);
      return signsWhatIsExpected(c, signed.statement());
    } catch (OmsFault e) {
      return false;
    }
  }

  private static boolean signsWhatIsExpected(Case c, Statement statement) {
    Set<String> expected = new TreeSet<>();
    c.config().path("expected_signed_files").forEach(f -> expected.add(f.asText()));
    return expected.isEmpty() || expected.equals(new TreeSet<>(statement.fileNames()));
  }

  private OmsVerifier verifier(Path publicKey) throws IOException, OmsFault {
    return new OmsVerifier(
        List.of(new KeyVerifier(EcVerificationKey.fromPem(Files.readString(publicKey)))),
        ModelHasher.sequential());
  }

  /** Copies the model of a case, and changes the copy as the case says. */
  private Path prepared(Case c) throws IOException {
    String name = c.config().path("model").asText();
    Path original =
        c.config().path("model_relative_to").asText().equals("test_dir")
            ? c.directory().resolve(name)
            : suite.resolve("assets").resolve(name);
    Path copy = Files.createTempDirectory(temporary, "model").resolve(original.getFileName());
    copyTree(original, copy);
    JsonNode changes = c.config().path("model_modifications");
    for (JsonNode deleted : changes.path("delete")) {
      Files.deleteIfExists(copy.resolve(deleted.asText()));
    }
    for (String kind : List.of("inject", "tamper")) {
      for (Map.Entry<String, JsonNode> file : changes.path(kind).properties()) {
        Files.writeString(copy.resolve(file.getKey()), file.getValue().asText());
      }
    }
    for (Map.Entry<String, JsonNode> link : changes.path("symlinks").properties()) {
      Files.createSymbolicLink(copy.resolve(link.getKey()), Path.of(link.getValue().asText()));
    }
    return copy;
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          // Not Files.copy, which would keep the files read-only.
          Files.write(target, Files.readAllBytes(path));
        }
      }
    }
  }

  /** Finds the model of a golden, and restores what an archive of it cannot hold. */
  private Path golden(Path model, JsonNode expected) throws IOException {
    String name = expected.path("subject").path(0).path("name").asText();
    Path copy = Files.createTempDirectory(temporary, "golden");
    copyTree(model, copy);
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
    private final String suite;
    private final List<String> failed = new ArrayList<>();
    private int total;

    Tally(String suite) {
      this.suite = suite;
    }

    void add(String name, boolean passed) {
      total++;
      if (!passed) {
        failed.add(name);
      }
    }

    void write() throws IOException {
      ObjectNode out = JSON.createObjectNode();
      out.put("suite", suite).put("total", total).put("passed", total - failed.size());
      failed.forEach(out.putArray("failed")::add);
      Path directory = Files.createDirectories(Path.of("target", "conformance"));
      Files.write(directory.resolve(suite + ".json"), JSON.writeValueAsBytes(out));
    }
  }
}
