package io.edgellm.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.release.SampleRelease;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.OmsSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyModelVerifierTest {
  private final EcSigningKey key = EcSigningKey.generate(EcdsaCurve.P256);
  private final ReleaseSigner signer = ReleaseSigner.fromPem(key.toPem());
  private final ModelVerifier verifier = trusting(signer, "assistant");

  @TempDir Path temporary;
  private Path directory;

  @BeforeEach
  void signTheSampleModel() throws IOException {
    directory = SampleRelease.signed(temporary, signer);
  }

  private static PolicyModelVerifier trusting(ReleaseSigner signer, String... models) {
    return PolicyModelVerifier.of(
        TrustPolicy.builder()
            .signer("release-team", signer.publicKey(), models)
            .signatureAlone()
            .build(),
        SampleRelease.CLOCK);
  }

  private void assertRejected(TrustException.Reason reason, String subject) {
    assertThat(verifier.verify(directory))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            r -> {
              assertThat(r.reason()).as(r.message()).isEqualTo(reason);
              assertThat(r.message() + " " + r.subject()).contains(subject);
            });
  }

  /** Signs the directory as it is, without the builder that would refuse what is in it. */
  private void signWhateverIsThere() throws Exception {
    Files.write(
        directory.resolve("release.sig"),
        new OmsSigner(key).sign(directory, List.of("release.sig", "receipt.json")));
  }

  private void describeAgain() {
    signer
        .sign(SampleRelease.describe(directory, "assistant", "1.0.0").build())
        .writeInto(directory);
  }

  @Test
  void verifiesASignedRelease() throws IOException {
    VerifiedModel model = verifier.verify(directory).orElseThrow();

    assertThat(model.title()).isEqualTo("assistant 1.0.0");
    assertThat(model.directory()).isEqualTo(directory.toRealPath());
    assertThat(model.manifest().files()).hasSize(8);
    assertThat(model.receipt().method()).isEqualTo("oms/key");
    assertThat(model.receipt().signer()).isEqualTo("release-team");
    assertThat(model.receipt().verifiedAt()).isEqualTo(SampleRelease.CLOCK.instant());
    assertThat(model.receipt().checks()).anyMatch(c -> c.contains("9 with"));
  }

  @Test
  void hashesOnAnExecutorOfTheHost() {
    ExecutorService executor = Executors.newFixedThreadPool(3);
    try {
      assertThat(trusting(signer, "*").hashingOn(executor).verify(directory))
          .isInstanceOf(Verdict.Verified.class);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void hashesInTheCallersThreadIfTheExecutorTakesNothing() {
    assertThat(trusting(signer, "*").hashingOn(task -> {}).verify(directory))
        .isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void ignoresTheReceiptOfAnEarlierVerification() throws IOException {
    VerificationReceipt receipt = verifier.verify(directory).orElseThrow().receipt();
    Files.write(directory.resolve(ReleaseManifest.RECEIPT_FILE_NAME), receipt.toJson());
    assertThat(verifier.verify(directory)).isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void findsTheDirectoryBehindALink() throws IOException {
    Path link = Files.createSymbolicLink(temporary.resolve("current"), directory);
    assertThat(verifier.verify(link).orElseThrow().directory()).isEqualTo(directory.toRealPath());
  }

  @Test
  void refusesAKeyThatThePolicyDoesNotKnow() {
    directory = signedBy(ReleaseSigner.generate());
    assertRejected(TrustException.Reason.UNTRUSTED_SIGNER, "fingerprint");
  }

  private Path signedBy(ReleaseSigner other) {
    other
        .sign(SampleRelease.describe(directory, "assistant", "1.0.0").build())
        .writeInto(directory);
    return directory;
  }

  @Test
  void refusesAModelLineThatTheSignerMayNotSign() {
    signer.sign(SampleRelease.describe(directory, "payroll", "1.0.0").build()).writeInto(directory);
    assertRejected(TrustException.Reason.UNTRUSTED_SIGNER, "payroll");
  }

  @Test
  void refusesASignatureOverSomethingElse() throws IOException {
    Path other = SampleRelease.copyModel(temporary);
    signer.sign(SampleRelease.describe(other, "assistant", "2.0.0").build()).writeInto(other);
    Files.copy(
        other.resolve("release.sig"),
        directory.resolve("release.sig"),
        StandardCopyOption.REPLACE_EXISTING);
    assertRejected(TrustException.Reason.TAMPERED, "release.json");
  }

  @Test
  void refusesAChangedSignature() throws IOException {
    Path file = directory.resolve("release.sig");
    String text = Files.readString(file);
    int at = text.indexOf("\"sig\":\"") + 20;
    char changed = text.charAt(at) == 'A' ? 'B' : 'A';
    Files.writeString(file, text.substring(0, at) + changed + text.substring(at + 1));
    assertRejected(TrustException.Reason.BAD_SIGNATURE, "does not verify");
  }

  @Test
  void refusesATruncatedSignature() throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve("release.sig"));
    Files.write(directory.resolve("release.sig"), Arrays.copyOf(bytes, 300));
    assertRejected(TrustException.Reason.MALFORMED, "signature");
  }

  @Test
  void refusesAnOversizedSignature() throws IOException {
    Files.write(directory.resolve("release.sig"), new byte[(8 << 20) + 1]);
    assertRejected(TrustException.Reason.MALFORMED, "release.sig");
  }

  @Test
  void refusesADirectoryWithoutASignature() throws IOException {
    Files.delete(directory.resolve("release.sig"));
    assertRejected(TrustException.Reason.MISSING, "release.sig");
  }

  @Test
  void refusesADirectoryWithoutAManifest() throws IOException {
    Files.delete(directory.resolve("release.json"));
    assertRejected(TrustException.Reason.MISSING, "release.json");
  }

  @Test
  void refusesADirectoryThatIsNotThere() {
    directory = temporary.resolve("nowhere");
    assertRejected(TrustException.Reason.MISSING, "nowhere");
  }

  @Test
  void refusesAFileInPlaceOfADirectory() {
    directory = directory.resolve("model.onnx");
    assertRejected(TrustException.Reason.MISSING, "model.onnx");
  }

  @Test
  void refusesAnOversizedManifest() throws IOException {
    Files.write(directory.resolve("release.json"), new byte[(16 << 20) + 1]);
    assertRejected(TrustException.Reason.MALFORMED, "release.json");
  }

  @Test
  void refusesAManifestThatWasChanged() throws IOException {
    Path file = directory.resolve("release.json");
    Files.writeString(
        file, Files.readString(file).replace("\"rollbackIndex\":0", "\"rollbackIndex\":9"));
    assertRejected(TrustException.Reason.TAMPERED, "release.json");
  }

  @Test
  void refusesAFieldThatItDoesNotKnowEvenIfItIsSigned() throws Exception {
    Path file = directory.resolve("release.json");
    Files.writeString(file, Files.readString(file).replaceFirst("\\{", "{\"expires\":1,"));
    signWhateverIsThere();
    assertRejected(TrustException.Reason.MALFORMED, "expires");
  }

  @Test
  void refusesAChangedFile() throws IOException {
    Path weights = directory.resolve("model.onnx.data");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length / 2] ^= 1;
    Files.write(weights, bytes);
    assertRejected(TrustException.Reason.TAMPERED, "model.onnx.data");
  }

  @Test
  void refusesAFileThatGrew() throws IOException {
    Files.write(directory.resolve("tokenizer.json"), new byte[1], StandardOpenOption.APPEND);
    assertRejected(TrustException.Reason.TAMPERED, "tokenizer.json");
  }

  @Test
  void refusesAMissingFile() throws IOException {
    Files.delete(directory.resolve("tokenizer.json"));
    assertRejected(TrustException.Reason.UNEXPECTED_FILES, "tokenizer.json");
  }

  @Test
  void refusesAnExtraFile() throws IOException {
    Files.writeString(directory.resolve("notes.txt"), "hello");
    assertRejected(TrustException.Reason.UNEXPECTED_FILES, "notes.txt");
  }

  @Test
  void refusesFilesOfGitWhichTheFormatWouldIgnore() throws IOException {
    Files.createDirectory(directory.resolve(".git"));
    Files.writeString(directory.resolve(".git/hook"), "hello");
    assertRejected(TrustException.Reason.UNEXPECTED_FILES, ".git/hook");
  }

  @Test
  void refusesADirectoryUnderTheNameOfTheReceipt() throws IOException {
    Files.createDirectory(directory.resolve("receipt.json"));
    Files.writeString(directory.resolve("receipt.json/lib"), "hello");
    assertRejected(TrustException.Reason.UNEXPECTED_FILES, "receipt.json/lib");
  }

  @Test
  void refusesASymbolicLinkToTheSameBytes() throws IOException {
    Path weights = directory.resolve("model.onnx.data");
    Path elsewhere = temporary.resolve("weights");
    Files.move(weights, elsewhere);
    Files.createSymbolicLink(weights, elsewhere);
    assertRejected(TrustException.Reason.UNEXPECTED_FILES, "model.onnx.data");
  }

  @Test
  void refusesALinkInPlaceOfTheManifest() throws IOException {
    Path elsewhere = temporary.resolve("elsewhere");
    Files.move(directory.resolve("release.json"), elsewhere);
    Files.createSymbolicLink(directory.resolve("release.json"), elsewhere);
    assertRejected(TrustException.Reason.UNEXPECTED_FILES, "release.json");
  }

  @Test
  void refusesAFileThatIsSignedButNotInTheManifest() throws Exception {
    Files.writeString(directory.resolve("notes.txt"), "hello");
    signWhateverIsThere();
    assertRejected(TrustException.Reason.MISMATCH, "notes.txt");
  }

  @Test
  void refusesAFileThatTheManifestDescribesOtherwise() throws Exception {
    Files.writeString(directory.resolve("chat_template.jinja"), "other");
    signWhateverIsThere();
    assertRejected(TrustException.Reason.MISMATCH, "chat_template.jinja");
  }

  @Test
  void refusesAFileOfTheManifestThatIsNeitherSignedNorThere() throws Exception {
    Files.delete(directory.resolve("chat_template.jinja"));
    signWhateverIsThere();
    assertRejected(TrustException.Reason.UNEXPECTED_FILES, "chat_template.jinja");
  }

  @Test
  void refusesCodeEvenIfItIsSignedAndInTheManifest() throws Exception {
    for (String name : List.of("libhook.so", "libhook.so.1.2", "Hook.CLASS", "run.py", "x.dll")) {
      Files.write(directory.resolve(name), new byte[0]);
      String json = Files.readString(directory.resolve("release.json"));
      Files.writeString(
          directory.resolve("release.json"),
          json.replace(
              "\"files\":[",
              "\"files\":[{\"chunks\":[],\"mediaType\":\"a/b\",\"path\":\""
                  + name
                  + "\",\"role\":\"document\",\"sha256\":\""
                  + Sha256.of(new byte[0])
                  + "\",\"size\":0},"));
      signWhateverIsThere();
      assertRejected(TrustException.Reason.FORBIDDEN, name);
      Files.delete(directory.resolve(name));
      Files.writeString(directory.resolve("release.json"), json);
    }
  }

  @Test
  void refusesAConfigurationThatLeavesTheRelease() throws IOException {
    Path config = directory.resolve("genai_config.json");
    String original = Files.readString(config);
    for (String reference : List.of("../other/model.onnx", "/etc/passwd", "missing.onnx")) {
      Files.writeString(config, original.replace("\"model.onnx\"", "\"" + reference + "\""));
      describeAgain();
      assertRejected(TrustException.Reason.FORBIDDEN, reference);
    }
  }

  private void askForOperatorsOf(String library) throws IOException {
    Path config = directory.resolve("genai_config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("\"log_id\"", "\"custom_ops_library\": \"" + library + "\", \"log_id\""));
    describeAgain();
  }

  @Test
  void refusesAConfigurationThatLoadsALibraryUnderAnyName() throws IOException {
    askForOperatorsOf("model.onnx.data");
    assertRejected(TrustException.Reason.FORBIDDEN, "a library of operators, which is code");
  }

  private Verdict verifyGrantingNativeCode() {
    return PolicyModelVerifier.of(
            TrustPolicy.builder()
                .signer("release-team", signer.publicKey(), "assistant")
                .signatureAlone()
                .allow(FileKind.NATIVE)
                .build(),
            SampleRelease.CLOCK)
        .verify(directory);
  }

  @Test
  void letsAConfigurationLoadALibraryIfThePolicyGrantsNativeCode() throws IOException {
    askForOperatorsOf("model.onnx.data");
    assertThat(verifyGrantingNativeCode()).isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void refusesALibraryOutOfTheReleaseAlsoIfThePolicyGrantsNativeCode() throws IOException {
    askForOperatorsOf("/tmp/hook.so");
    assertThat(verifyGrantingNativeCode())
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, r -> assertThat(r.message()).contains("/tmp/hook.so"));
  }

  @Test
  void neverThrowsAtDamagedSignaturesAndManifests() throws IOException {
    long seed = 20260301L;
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 150; round++) {
      Path file = directory.resolve(random.nextBoolean() ? "release.sig" : "release.json");
      byte[] original = Files.readAllBytes(file);
      byte[] damaged = original.clone();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      Verdict verdict = verifier.verify(directory);
      // Damage may hit a byte that carries nothing, or write what was there.
      assertThat(verdict)
          .as("seed %s round %s", seed, round)
          .isInstanceOfAny(Verdict.Rejected.class, Verdict.Verified.class);
      if (file.endsWith("release.json") && !Arrays.equals(original, damaged)) {
        assertThat(verdict)
            .as("seed %s round %s", seed, round)
            .isInstanceOf(Verdict.Rejected.class);
      }
      Files.write(file, original);
    }
  }

  @Test
  void writesAReceiptThatReadsBack() {
    VerificationReceipt receipt = verifier.verify(directory).orElseThrow().receipt();
    assertThat(VerificationReceipt.fromJson(receipt.toJson())).isEqualTo(receipt);
    assertThat(receipt.describe())
        .contains("assistant 1.0.0", "release-team", "2026-03-01T12:00:00Z", "was not asked");
  }

  @Test
  void refusesAReceiptThatIsNone() {
    for (String json : List.of("", "{}", "[]", "{\"schema\":\"other\"}")) {
      assertThatThrownBy(() -> VerificationReceipt.fromJson(json.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(TrustException.class);
    }
  }
}
