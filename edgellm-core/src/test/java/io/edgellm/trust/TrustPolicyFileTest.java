package io.edgellm.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.trust.time.OfflineGrace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A policy as a file is the policy as code, and a mistake in it is shown where it stands. */
class TrustPolicyFileTest {
  private static final String WHOLE =
      """
      schema: edgellm.trust-policy/v2
      updates:
        root: tuf/root.json
        offline-grace: 72h
      sigstore-root: trusted_root.json
      signers:
        - name: release-team
          models: [assistant, edge-*]
          key: release-key.pub
        - name: factory
          models: [assistant]
          certificate: {authorities: ca.pem, identity: "uri:https://acme.example/ci"}
        - name: ci
          models: ["*"]
          keyless:
            issuer: https://token.actions.githubusercontent.com
            subject: "https://github.com/acme/models/.github/workflows/release.yml@*"
        - name: builder
          key: other-key.pub
      attestations:
        - models: ["*"]
          predicate: https://slsa.dev/provenance/v1
          signers: [ci, builder]
          builders: ["https://github.com/actions/runner"]
          sources: ["https://github.com/acme/"]
      files:
        allow: [script]
      """;
  private static final String SMALL =
      """
      schema: edgellm.trust-policy/v2
      updates: none
      signers:
        - name: release-team
          models: [assistant]
          key: release-key.pub
      """;

  private final PolicyDirectory directory;

  TrustPolicyFileTest(@TempDir Path path) throws IOException {
    directory = new PolicyDirectory(path);
  }

  private TrustPolicy parse(String yaml) {
    return TrustPolicy.fromYaml(yaml, directory.path);
  }

  /** Changes the small policy in one place. */
  private void assertChanged(String old, String changed, String... words) {
    assertThat(SMALL).contains(old);
    assertFault(SMALL.replace(old, changed), words);
  }

  private void assertFault(String yaml, String... words) {
    TrustException fault = catchThrowableOfType(TrustException.class, () -> parse(yaml));
    assertThat(fault).as(yaml).isNotNull();
    assertThat(fault.reason()).isEqualTo(TrustException.Reason.MALFORMED);
    assertThat(fault).hasMessageStartingWith("policy:" + words[0] + ": ");
    assertThat(fault.subject()).contains("policy:" + words[0]);
    assertThat(fault.getMessage()).contains(words);
  }

  @Test
  void isThePolicyThatCodeBuilds() throws IOException {
    TrustPolicy code =
        TrustPolicy.builder()
            .updates(
                UpdateTrust.pinned(directory.bytes("tuf/root.json"))
                    .withOfflineGrace(new OfflineGrace(Duration.ofDays(3))))
            .sigstoreRoot(directory.bytes("trusted_root.json"))
            .signer("release-team", directory.key, "assistant", "edge-*")
            .signer(
                "factory",
                new Credential.Certificate(
                    PolicyDirectory.AUTHORITY, "uri:https://acme.example/ci"),
                "assistant")
            .signer(
                "ci",
                new Credential.Keyless(
                    "https://token.actions.githubusercontent.com",
                    "https://github.com/acme/models/.github/workflows/release.yml@*"),
                "*")
            .attestor(
                "builder",
                new Credential.Key(SignerKey.read(directory.path.resolve("other-key.pub"))))
            .attestation(
                new AttestationRule(
                    List.of("*"),
                    "https://slsa.dev/provenance/v1",
                    List.of("ci", "builder"),
                    List.of("https://github.com/actions/runner"),
                    List.of("https://github.com/acme/")))
            .allow(FileKind.SCRIPT)
            .build();

    assertThat(parse(WHOLE).toJson()).isEqualTo(code.toJson());
    assertThat(parse(WHOLE).digest()).isEqualTo(code.digest());
    assertThat(TrustPolicy.read(directory.put("policy.yaml", WHOLE)).digest())
        .isEqualTo(code.digest());
  }

  @Test
  void aSmallPolicyIsSmall() {
    assertThat(parse(SMALL).digest())
        .isEqualTo(
            TrustPolicy.builder()
                .signer("release-team", directory.key, "assistant")
                .signatureAlone()
                .build()
                .digest());
  }

  @Test
  void namesTheFileOfAFault() throws IOException {
    Path file = directory.put("policy.yaml", SMALL.replace("models:", "model:"));
    assertThatThrownBy(() -> TrustPolicy.read(file))
        .isInstanceOf(TrustException.class)
        .hasMessage(
            file.toAbsolutePath()
                + ":5:5: 'signers[0].model' is not a known field: did you mean 'models'?");
  }

  @Test
  void saysThatItIsNotThere() {
    assertThatThrownBy(() -> TrustPolicy.read(directory.path.resolve("none.yaml")))
        .isInstanceOfSatisfying(
            TrustException.class,
            e -> assertThat(e.reason()).isEqualTo(TrustException.Reason.UNREADABLE));
  }

  @Test
  void pointsAtWhatIsNoYaml() {
    assertChanged("models: [assistant]", "models: [assistant", "6:8", "no YAML");
    assertChanged("updates: none", "updates: &u none", "2:10", "anchor");
  }

  @Test
  void refusesAnotherVersion() {
    assertChanged("policy/v2", "policy/v3", "1:9", "write 'edgellm.trust-policy/v2'");
    assertChanged("schema: edgellm.trust-policy/v2\n", "", "1:1", "'schema' is missing");
  }

  @Test
  void refusesFieldsThatItDoesNotKnow() {
    assertChanged("updates:", "update:", "2:1", "did you mean 'updates'?");
    assertChanged("signers:", "signer:", "3:1", "did you mean 'signers'?");
    assertFault(SMALL + "revoked: []\n", "7:1", "'revoked' is not a known field");
    assertChanged("key: release-key.pub", "keys: release-key.pub", "6:5", "did you mean 'key'?");
    assertChanged(
        "key: release-key.pub",
        "keyless: {issuer: a, subject: b, repository: c}",
        "6:38",
        "'signers[0].keyless.repository'");
  }

  @Test
  void refusesValuesOfTheWrongType() {
    assertChanged("models: [assistant]", "models: assistant", "5:13", "must be a list");
    assertChanged("models: [assistant]", "models: [[assistant]]", "5:14", "models[0]");
    assertChanged("name: release-team", "name: {a: b}", "4:11", "must be a single value");
    assertChanged("updates: none", "updates: [none]", "2:10", "must be a map");
    assertChanged("updates: none", "updates: off", "2:10", "or 'none'");
  }

  @Test
  void refusesAGraceThatIsNone() {
    for (String grace : List.of("-3h", "3 days", "91d", "P1Y")) {
      assertChanged(
          "updates: none",
          "updates: {root: tuf/root.json, offline-grace: " + grace + "}",
          "2:47",
          "'updates.offline-grace'");
    }
  }

  @Test
  void namesTheFileThatIsNotThere() {
    assertChanged(
        "release-key.pub",
        "keys/absent.pub",
        "6:10",
        directory.path.resolve("keys/absent.pub").toString(),
        "does not exist");
    assertChanged(
        "updates: none",
        "updates: {root: ../absent.json}",
        "2:17",
        directory.path.resolveSibling("absent.json").toString());
  }

  @Test
  void refusesFilesThatCannotBeRead() throws IOException {
    assertChanged("release-key.pub", "tuf", "6:10", "cannot be read");
    directory.put("large.pub", "x".repeat(70_000));
    assertChanged("release-key.pub", "large.pub", "6:10", "larger than 65536 bytes");
    assertChanged("release-key.pub", "\"a\\0b\"", "6:10", "not a path");
    assertChanged("release-key.pub", "' '", "6:10", "must be the path of a file");
  }

  @Test
  void refusesWhatIsNoKey() throws IOException {
    directory.put("no-key.pub", "hello");
    assertChanged("release-key.pub", "no-key.pub", "6:10", "BEGIN PUBLIC KEY");
    assertChanged("release-key.pub", "ca.pem", "6:10", "BEGIN PUBLIC KEY");
  }

  @Test
  void saysThatAKeyIsPrivateAndDoesNotShowIt() throws IOException {
    String secret = Files.readString(directory.path.resolve("release-key.pem"));
    String line = secret.lines().toList().get(1);
    directory.put("both.pem", directory.key.toPem() + secret);
    for (String file : List.of("release-key.pem", "both.pem")) {
      assertChanged("release-key.pub", file, "6:10", "holds a private key");
      assertThatThrownBy(() -> parse(SMALL.replace("release-key.pub", file)))
          .hasStackTraceContaining("holds a private key")
          .satisfies(e -> assertThat(stackTrace(e)).doesNotContain(line));
    }
    String inline = SMALL.replace("release-key.pub", "|\n" + secret.indent(8));
    assertFault(inline, "6:10", "take it out of this file");
    assertThatThrownBy(() -> parse(inline))
        .satisfies(e -> assertThat(stackTrace(e)).doesNotContain(line));
  }

  private static String stackTrace(Throwable e) {
    StringWriter out = new StringWriter();
    e.printStackTrace(new PrintWriter(out));
    return out.toString();
  }

  @Test
  void refusesAnEmbeddedKey() {
    assertFault(
        SMALL.replace("release-key.pub", "|\n" + directory.key.toPem().indent(8)),
        "6:10",
        "must be the path of a file");
  }

  @Test
  void refusesRootsThatAreNone() throws IOException {
    directory.put("targets.json", "{\"signed\":{\"_type\":\"targets\"}}");
    assertChanged("updates: none", "updates: {root: targets.json}", "2:17", "another role");
    assertChanged("updates: none", "updates: {root: ca.pem}", "2:17", "no root metadata");
    assertChanged("updates: none", "updates: {}", "2:10", "'updates.root' is missing");
    assertFault(SMALL + "sigstore-root: tuf/root.json\n", "7:16", "transparency log");
    assertFault(SMALL + "sigstore-root: ca.pem\n", "7:16", "trusted root of Sigstore");
  }

  @Test
  void refusesModelLinesThatAreNone() {
    assertChanged("[assistant]", "[assistant, Edge]", "5:25", "'Edge' names no model line");
    assertChanged("[assistant]", "[a, a]", "5:17", "repeats 'a'");
    assertChanged("[assistant]", "[]", "5:13", "empty");
    assertChanged("    models: [assistant]\n", "", "4:5", "may sign nothing and attests nothing");
  }

  @Test
  void refusesTheSameSignerTwice() {
    assertFault(
        SMALL + "  - {name: release-team, models: ['*'], key: other-key.pub}\n",
        "7:12",
        "'release-team' is a signer in line 4 already");
    assertFault(
        SMALL + "  - {name: again, models: ['*'], key: release-key.pub}\n",
        "7:5",
        "'again' is recognized by the same as 'release-team'");
    assertChanged("name: release-team", "name: ''", "4:11", "is empty");
  }

  @Test
  void refusesSignersWithoutOneCredential() {
    assertChanged("    key: release-key.pub\n", "", "4:5", "add 'key', 'certificate' or 'keyless'");
    assertChanged(
        "key: release-key.pub",
        "key: release-key.pub\n    certificate: {authorities: ca.pem, identity: any}",
        "7:18",
        "only one of [key, certificate]");
    assertChanged("signers:\n", "signers: []\nfiles:\n", "3:10", "'signers' is empty");
  }

  @Test
  void refusesCertificatesThatNameNobody() {
    assertChanged(
        "key: release-key.pub",
        "certificate: {authorities: release-key.pub, identity: any}",
        "6:32",
        "'signers[0].certificate.authorities' names");
    assertChanged(
        "key: release-key.pub",
        "certificate: {authorities: ca.pem, identity: me}",
        "6:50",
        "'me' names nobody");
    assertChanged(
        "key: release-key.pub",
        "certificate: {authorities: ca.pem}",
        "6:18",
        "'signers[0].certificate.identity' is missing");
  }

  @Test
  void refusesKeylessSignersThatNobodyVouchesFor() {
    String keyless = "keyless: {issuer: https://issuer.example, subject: me}";
    assertChanged("key: release-key.pub", keyless, "6:14", "add 'sigstore-root'");
    assertFault(
        SMALL.replace("key: release-key.pub", keyless.replace("me", "'*'"))
            + "sigstore-root: trusted_root.json\n",
        "6:14",
        "too wide");
  }

  @Test
  void refusesAttestationsByStrangers() {
    String rule = "attestations:\n  - {models: ['*'], predicate: p, signers: [release-team]}\n";
    assertThat(parse(SMALL + rule).attestations()).hasSize(1);
    assertFault(
        SMALL + rule.replace("[release-team]", "[ci]"),
        "8:45",
        "'ci' is no signer",
        "release-team");
    assertFault(SMALL + rule.replace("[release-team]", "[]"), "8:44", "is empty");
    assertFault(SMALL + rule.replace("signers", "signed"), "8:35", "did you mean 'signers'?");
    assertFault(SMALL + rule.replace("predicate: p, ", ""), "8:5", "predicate' is missing");
    assertFault(SMALL + rule.replace("predicate: p", "predicate: ''"), "8:32", "predicate");
    assertFault(SMALL + rule.replace("]}", "], builders: ['']}"), "8:71", "empty text");
  }

  @Test
  void refusesKindsOfFilesThatItDoesNotKnow() {
    assertThat(parse(SMALL + "files: {allow: [script, native]}\n").allowed())
        .containsExactlyInAnyOrder(FileKind.SCRIPT, FileKind.NATIVE);
    assertFault(
        SMALL + "files: {allow: [scripts]}\n", "7:17", "'scripts' is no kind of file", "script");
    assertFault(SMALL + "files: {deny: []}\n", "7:9", "'files.deny' is not a known field");
  }
}
