package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.drift.DriftLimit;
import io.edgellm.inference.drift.DriftMeasure;
import io.edgellm.inference.drift.DriftPolicy;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a release says, and what is refused before it is signed. */
final class ReleaseCommandTest {
  private static final String QUANTIZATION =
      """
      {"tool": "edgellm-quantizer", "toolVersion": "2", "method": "matmul-nbits-hqq",
       "bits": 4, "blockSize": 32, "symmetric": true, "accuracyLevel": 4, "rules": [],
       "embedding": {"bits": 8}, "sourceSha256": "%1$s", "graph": "model.onnx",
       "sourceBytes": 2, "targetBytes": 1, "quantized": [], "others": {"Gather": 2},
       "kept": [{"node": "/lm_head", "reason": "a rule"}]}
      """
          .formatted("ab".repeat(32));

  @TempDir Path directory;
  private CommandPlace place;
  private Path model;

  @BeforeEach
  void copyTheSample() throws IOException {
    place = new CommandPlace(directory);
    place.makeKeys();
    model = copy("model");
  }

  private Path copy(String name) throws IOException {
    Path copy = Files.createDirectory(directory.resolve(name));
    Path sample = Path.of(System.getProperty("edgellm.sample.dir"), "genai");
    try (Stream<Path> files = Files.list(sample)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  /** Writes what a check of the model as it is now would have found. */
  private Path check(boolean met) throws IOException {
    return check(met, "ab".repeat(32));
  }

  private Path check(boolean met, String reference) throws IOException {
    DriftPolicy policy =
        new DriftPolicy("default", List.of(new DriftLimit(DriftMeasure.SAME_BEST, 0.9)));
    StringBuilder lines = new StringBuilder();
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.sorted().toList()) {
        lines.append(Sha256.of(file)).append("  ").append(file.getFileName()).append('\n');
      }
    }
    Sha256 candidate = Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
    return Files.writeString(
        directory.resolve("drift.json"),
        """
        {"schema": "edgellm.check/v1",
         "reference": {"sha256": "%s", "graphs": 1}, "candidate": {"sha256": "%s"},
         "validation": {"name": "probes.jsonl, heldout.txt", "sha256": "%s"},
         "policy": {"name": "default", "sha256": "%s", "met": %s, "findings": [
           {"measure": "sameBest", "bound": "atLeast", "limit": 0.9, "value": %s, "kept": %s}]},
         "quality": {"exactMatch": 0.98, "meanNll": 0.03, "referenceNll": 0.02,
           "perplexity": 2.1, "probes": 200}}
        """
            .formatted(
                reference,
                candidate,
                "cd".repeat(32),
                policy.digest(),
                met,
                met ? "0.95" : "0.85",
                met));
  }

  private CommandPlace.Ran release(Path from, String... more) {
    List<String> words = new ArrayList<>(List.of("release", from.toString(), "assistant@1.4.0"));
    words.addAll(List.of("--key", place.path("release.key")));
    words.addAll(List.of(more));
    return place.run(words.toArray(String[]::new));
  }

  private ReleaseManifest manifest() throws IOException {
    return ReleaseManifest.fromJson(Files.readAllBytes(model.resolve("release.json")));
  }

  @Test
  void takesWhatTheModelTheQuantizerAndTheCheckSay() throws IOException {
    Files.writeString(model.resolve("quantization.json"), QUANTIZATION);
    Path check = check(true);
    assertThat(
            release(
                    model,
                    "--check",
                    check.toString(),
                    "--licence",
                    "Apache-2.0",
                    "--base-model",
                    "https://example.com/base",
                    "--architecture",
                    "x86_64",
                    "--approved-by",
                    "J. Doe",
                    "--require",
                    "APPROVER,QUALITY,VALIDATION_DATA,VERDICT,LICENSE,SOURCE")
                .exitCode())
        .isZero();
    ReleaseManifest release = manifest();
    assertThat(release.requirements().opsets()).containsEntry("ai.onnx", 21);
    assertThat(release.requirements().contextLength()).isEqualTo(512);
    assertThat(release.requirements().memory()).isNotNull();
    assertThat(release.traits().architecture()).isEqualTo("llama");
    assertThat(release.descriptor().licenses()).containsExactly("Apache-2.0");
    ReleaseManifest.Quantization quantization = Objects.requireNonNull(release.quantization());
    assertThat(quantization.excludedNodes()).containsExactly("/lm_head");
    assertThat(quantization.knobs())
        .containsOnlyKeys("accuracyLevel", "embedding")
        .containsEntry("accuracyLevel", "4")
        .containsEntry("embedding", "{\"bits\":8}");
    assertThat(release.quality())
        .isEqualTo(
            new ReleaseManifest.Quality(
                0.98,
                0.03,
                2.1,
                "probes.jsonl, heldout.txt",
                200,
                0.02,
                new Sha256("cd".repeat(32)),
                Sha256.of(check)));
  }

  @Test
  void aFailedCheckMakesNoRelease() throws IOException {
    CommandPlace.Ran ran = release(model, "--check", check(false).toString());
    assertThat(ran.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(ran.err()).contains("default");
    assertThat(model.resolve("release.json")).doesNotExist();
  }

  @Test
  void aCheckOfAnotherModelMakesNoRelease() throws IOException {
    Path check = check(true);
    Files.writeString(model.resolve("chat_template.jinja"), "changed since");
    CommandPlace.Ran ran = release(model, "--check", check.toString());
    assertThat(ran.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(ran.err()).contains("another model");
  }

  @Test
  void aCheckAgainstAnotherSourceMakesNoRelease() throws IOException {
    Path quantization = Files.writeString(model.resolve("quantization.json"), QUANTIZATION);
    CommandPlace.Ran ran =
        release(model, "--check", check(true, "ef".repeat(32)).toString(), "--json");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(ran.toString()).contains("CHECKED_AGAINST_ANOTHER");
    assertThat(model.resolve("release.json")).doesNotExist();

    Files.writeString(quantization, QUANTIZATION.replace("edgellm-quantizer", "another tool"));
    Path check = check(true, "ef".repeat(32));
    assertThat(release(model, "--check", check.toString()).exitCode()).isZero();
  }

  @Test
  void whatIsDemandedAndMissingMakesNoRelease() {
    CommandPlace.Ran ran = release(model, "--require", "APPROVER,BOM");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(ran.err()).contains("nobody approved it", "bill of materials");
    assertThat(model.resolve("release.json")).doesNotExist();
  }

  @Test
  void aContextThatTheModelDoesNotHaveIsNotPromised() {
    CommandPlace.Ran ran = release(model, "--context", "4096");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("512 tokens");
  }

  @Test
  void aModelThatDoesNotOpenMakesNoRelease() throws IOException {
    Path weights = model.resolve("model.onnx.data");
    Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 4096));
    CommandPlace.Ran ran = release(model);
    assertThat(ran.exitCode()).isEqualTo(ExitCode.STORE.number());
    assertThat(ran.err()).contains("opening the model on trial", "MODEL_INVALID", "--no-trial");
    assertThat(model.resolve("release.json")).doesNotExist();
    assertThat(release(model, "--no-trial").exitCode()).isZero();
  }

  @Test
  void aDirectoryWithoutAModelMakesNoRelease() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    Files.copy(model.resolve("tokenizer.json"), empty.resolve("tokenizer.json"));
    CommandPlace.Ran ran = release(empty);
    assertThat(ran.exitCode()).isEqualTo(ExitCode.INCOMPATIBLE.number());
    assertThat(ran.err()).contains("MODEL_UNSUPPORTED");
    assertThat(empty.resolve("release.json")).doesNotExist();
  }

  @Test
  void theTrialLeavesNothingBehind() throws IOException {
    assertThat(release(model).exitCode()).isZero();
    assertThat(manifest().files()).hasSize(8);
    try (Stream<Path> files = Files.list(model)) {
      assertThat(files).hasSize(10);
    }
  }

  @Test
  void theLayoutIsThatOfTheDirectory() throws IOException {
    Path optimum = Path.of(System.getProperty("edgellm.sample.dir"), "optimum");
    model = directory.resolve("optimum");
    try (Stream<Path> files = Files.walk(optimum)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(optimum.relativize(file).toString()));
      }
    }
    CommandPlace.Ran ran = release(model, "--format", "ONNX_GENAI");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("CONTRADICTION", "onnx-optimum");
    assertThat(release(model).exitCode()).isZero();
    assertThat(manifest().format()).isEqualTo(ReleaseManifest.Format.ONNX_OPTIMUM);
  }

  @Test
  void theReportOfAnotherQuantizationMakesNoRelease() throws IOException {
    Files.writeString(model.resolve("quantization.json"), QUANTIZATION);
    Path other = directory.resolve("other.json");
    Files.writeString(other, QUANTIZATION.replace("\"bits\": 4", "\"bits\": 8"));
    CommandPlace.Ran ran = release(model, "--quantization", other.toString());
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("CONTRADICTION");
    Files.writeString(other, QUANTIZATION);
    assertThat(release(model, "--quantization", other.toString()).exitCode()).isZero();
  }

  @Test
  void anApproverWithoutANameApprovesNothing() {
    CommandPlace.Ran ran = release(model, "--approved-by", "", "--require", "APPROVER");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("approvedBy");
    assertThat(model.resolve("release.json")).doesNotExist();
  }

  @Test
  void theSameInputsAndTimeGiveTheSameContent() throws IOException {
    List<String> contents = new ArrayList<>();
    for (String time : List.of("2026-03-01T12:00:00Z", "1772366400", "1772366401")) {
      CommandPlace.Ran ran =
          release(copy("copy-" + time.replace(':', '-')), "--created", time, "--json");
      contents.add(ran.json().path("content").asText());
    }
    assertThat(contents.get(0)).hasSize(64).isEqualTo(contents.get(1));
    assertThat(contents.get(2)).isNotEqualTo(contents.get(0));
    assertThat(release(model, "--created", "yesterday").exitCode())
        .isEqualTo(ExitCode.USAGE.number());
  }

  @Test
  void attestsBillAndProvenance() throws IOException {
    Path bill = directory.resolve("bom.json");
    CommandPlace.Ran ran =
        release(
            model,
            "--bom",
            bill.toString(),
            "--limitation",
            "English only",
            "--provenance",
            "https://ci.example.com/",
            "--require",
            "BOM,PROVENANCE",
            "--json");
    assertThat(ran.exitCode()).isZero();
    JsonNode written = new ObjectMapper().readTree(Files.readAllBytes(bill));
    assertThat(written.at("/metadata/component/hashes/0/content").asText())
        .isEqualTo(ran.json().path("content").asText());
    assertThat(Files.readAllLines(model.resolve("release.intoto.jsonl"))).hasSize(2);
    CommandPlace.Ran inside = release(model, "--bom", model.resolve("bom.json").toString());
    assertThat(inside.exitCode()).isEqualTo(ExitCode.USAGE.number());
  }

  @Test
  void explainsWhatFitsThisMachineAndOthers() throws IOException {
    assertThat(release(model, "--execution-provider", "CPUExecutionProvider").exitCode()).isZero();
    assertThat(place.done("explain", model.toString()).out())
        .contains("preferred  assistant 1.4.0");
    JsonNode here = place.done("explain", "--profile", "--json").json();
    Path other =
        Files.writeString(
            directory.resolve("small.json"),
            here.toString().replaceFirst("\"availableRamBytes\":\\d+", "\"availableRamBytes\":1"));
    CommandPlace.Ran ran = place.run("explain", model.toString(), "--device", other.toString());
    assertThat(ran.exitCode()).isEqualTo(ExitCode.INCOMPATIBLE.number());
    assertThat(ran.out()).contains("small\n", "no  assistant 1.4.0", "bytes of memory");
    assertThat(place.run("explain", directory.resolve("nowhere").toString()).exitCode())
        .isEqualTo(ExitCode.NOT_FOUND.number());
  }

  @Test
  void installsTheVariantThatTheDevicePrefers() throws IOException {
    Path own = place.release("2.0.0+onnx-a");
    Path foreign = place.release("2.0.0+onnx-b", "--architecture", "riscv64");
    place.create(own);
    place.publish(foreign);
    CommandPlace.Ran ran = place.install(place.repository.toString(), "assistant", "--json");
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.json().path("version").asText()).isEqualTo("2.0.0+onnx-a");
    assertThat(ran.err()).contains("2.0.0+onnx-b does not fit");
  }
}
