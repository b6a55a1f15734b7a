package io.edgellm.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.NodeRule;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.release.ReleaseBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample model and what becomes of it, on a part of its held-out text and its probes. */
class ModelCheckTest {
  private static final Path GENAI = SampleMaterial.SAMPLE.resolve("genai");
  private static final Path OPTIMUM = SampleMaterial.SAMPLE.resolve("optimum");

  @TempDir private static Path temp;
  private static Path int4;
  private static CheckFiles files;
  private static CheckFiles few;
  private static CheckReport good;

  @BeforeAll
  static void check() throws IOException {
    int4 = quantize("int4", QuantizationRecipe.of(new BlockFormat(4, 32, true)));
    files =
        CheckFiles.NONE
            .withTexts(every(20, "heldout.txt"), TextForm.TRANSCRIPTS)
            .withProbes(every(3, "probes.jsonl"));
    few =
        CheckFiles.NONE
            .withTexts(every(200, "heldout.txt"), TextForm.TRANSCRIPTS)
            .withProbes(every(50, "probes.jsonl"));
    good = check(GENAI, int4);
  }

  @Test
  void passesAGoodQuantization() {
    assertThat(good.judgedBy(DriftPolicy.DEFAULT).verdict().orElseThrow().missed()).isEmpty();
    assertThat(good.drift().probes().loss()).isLessThanOrEqualTo(0.02);
    assertThat(good.drift().probes().known()).isGreaterThan(50);
    assertThat(good.drift().answers().tokens()).isGreaterThan(500);
    assertThat(good.candidate().sizeBytes()).isLessThan(good.reference().sizeBytes() / 2);
  }

  @Test
  void measuresWhatTheTokensThemselvesGive() throws IOException {
    List<Passage> passages = SampleMaterial.every(20, 3).passages();
    List<Probe> probes = SampleMaterial.every(20, 3).probes();
    DriftReport byHand;
    try (OnnxTeacherForced one = OnnxTeacherForced.open(GENAI.resolve("model.onnx"), 1);
        OnnxTeacherForced other = OnnxTeacherForced.open(int4.resolve("model.onnx"), 1)) {
      byHand = new DriftMeter(one, other).measure(new DriftMaterial(passages, probes, 128));
    }

    assertThat(good.drift().all().tokens()).isEqualTo(byHand.all().tokens());
    assertThat(good.drift().answers().tokens()).isEqualTo(byHand.answers().tokens());
    assertThat(good.drift().all().ratio()).isCloseTo(byHand.all().ratio(), within(1e-9));
    assertThat(good.drift().probes().candidateRight()).isEqualTo(byHand.probes().candidateRight());
  }

  @Test
  void failsTwoBits() {
    Path int2 =
        quantize(
            "int2",
            QuantizationRecipe.of(new BlockFormat(2, 32, false))
                .with(new NodeRule.KeepFloat("*lm_head*")));

    DriftVerdict verdict = verdict(int2);

    assertThat(verdict.missed()).hasSize(4);
    assertThat(verdict.toString()).contains("probeLoss");
  }

  @Test
  void failsAModelOneOfWhoseLayersHasScrambledScales() throws IOException {
    Path scrambled = quantize("scrambled", QuantizationRecipe.of(new BlockFormat(4, 32, true)));
    QuantizedWeights.of(scrambled.resolve("model.onnx")).shuffleScales("layers.1.", new Random(7));

    assertThat(verdict(scrambled).isMet()).isFalse();
  }

  @Test
  void failsThreeBitsThatWereCutOff() throws IOException {
    Path int3 = quantize("int3", QuantizationRecipe.of(new BlockFormat(4, 32, true)));
    QuantizedWeights.of(int3.resolve("model.onnx")).cutLowestBits();

    assertThat(verdict(int3).isMet()).isFalse();
  }

  @Test
  void comparesLayoutsWithEachOther() {
    DriftReport report = check(GENAI, OPTIMUM).drift();

    assertThat(DriftPolicy.STRICT.judge(report).missed()).isEmpty();
    assertThat(report.divergence().max()).isLessThan(1e-6);
    assertThat(report.divergences()).isEmpty();
  }

  @Test
  void givesTheSameBytesAgain() {
    ModelCheck check = new ModelCheck(GENAI, int4, CheckSettings.DEFAULT);
    CheckReport one = check.run(few);
    CheckReport other = check.run(few);

    assertThat(other.toJson()).isEqualTo(one.toJson());
    assertThat(other.toHtml()).isEqualTo(one.toHtml());
    assertThat(other.digest()).isEqualTo(one.digest());
  }

  @Test
  void writesJsonOfItsSchema() throws IOException {
    JsonNode json = new ObjectMapper().readTree(good.judgedBy(DriftPolicy.DEFAULT).toJson());

    assertThat(json.get("schema").textValue()).isEqualTo("edgellm.check/v1");
    assertThat(json.at("/validation/name").textValue()).isEqualTo("heldout.txt, probes.jsonl");
    assertThat(json.at("/policy/met").booleanValue()).isTrue();
    assertThat(json.at("/policy/findings/0/measure").textValue()).isEqualTo("perplexityRatio");
    assertThat(json.at("/texts/divergence/p99.9").isNumber()).isTrue();
    assertThat(json.at("/texts/worst")).hasSize(10);
    assertThat(json.at("/texts/worst/0/origin").textValue()).startsWith("heldout.txt:");
    assertThat(json.at("/probes/jsonAnswers/referenceValid").intValue()).isGreaterThan(40);
  }

  @Test
  void saysWhatAReleaseRecords() {
    assertThat(good.quality().exactMatch()).isEqualTo(good.drift().probes().candidateAccuracy());
    assertThat(good.quality().meanNll()).isBetween(0.0, 0.1);
    assertThat(good.quality().referenceNll()).isLessThan(good.quality().meanNll());
    assertThat(good.quality().probes()).isEqualTo(good.drift().probes().known());
    assertThat(good.quality().validationSet()).isEqualTo("heldout.txt, probes.jsonl");
    assertThat(good.quality().validationDigest()).isEqualTo(good.validation().digest());
    assertThat(good.quality().verdictDigest()).isNull();
  }

  @Test
  void isReadBackByWhoeverWritesTheRelease() throws IOException {
    CheckReport judged = good.judgedBy(DriftPolicy.DEFAULT);
    Path file = Files.writeString(temp.resolve("check.json"), judged.toJson());

    RecordedCheck recorded = RecordedCheck.read(file);

    assertThat(recorded.quality()).isEqualTo(judged.quality());
    assertThat(recorded.quality().verdictDigest()).isEqualTo(judged.digest());
    assertThat(recorded.isMet()).isTrue();
    assertThat(recorded.isOf(manifest(int4))).isTrue();
    assertThat(recorded.isOf(manifest(GENAI))).isFalse();
  }

  @Test
  void refusesAReportThatContradictsItself() throws IOException {
    DriftPolicy missed =
        new DriftPolicy("no", List.of(new DriftLimit(DriftMeasure.SAME_BEST, 0.9999)));
    String failed = good.judgedBy(missed).toJson();
    String kept = failed.replace("\"met\" : false", "\"met\" : true");

    refuses(kept, "'met' is not false");
    refuses(kept.replace("\"kept\" : false", "\"kept\" : true"), "'kept of sameBest'");
    refuses(failed.replace("\"limit\" : 0.9999", "\"limit\" : 0.1"), "contradicts itself");
    refuses(
        kept.replace("\"kept\" : false", "\"kept\" : true")
            .replace("\"limit\" : 0.9999", "\"limit\" : 0.1"),
        "whose digest it has");
    refuses(failed.replaceFirst("(\"value\" : )0", "$12"), "cannot be");
    refuses(failed.replace("atLeast", "atMost"), "other side");
  }

  @Test
  void refusesFiguresThatCannotBe() throws IOException {
    String json = good.toJson();
    refuses(json.replaceFirst("(\"perplexity\" : )\\d", "$10"), "/quality/perplexity");
    refuses(json.replaceFirst("(\"meanNll\" : )", "$1-"), "/quality/meanNll");
    refuses(json.replaceFirst("(\"referenceNll\" : )", "$1-"), "/quality/referenceNll");
    refuses(json.replaceFirst("(\"exactMatch\" : )", "$11"), "/quality/exactMatch");
  }

  private static void refuses(String report, String because) throws IOException {
    Path file = Files.writeString(temp.resolve("edited.json"), report);
    assertThatThrownBy(() -> RecordedCheck.read(file))
        .isInstanceOfSatisfying(
            DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_MATERIAL))
        .hasMessageContaining(because);
  }

  @Test
  void digestsAReferenceAsItsQuantizerDid() throws IOException {
    for (Path source : List.of(GENAI, OPTIMUM)) {
      Path export = temp.resolve("export-of-" + source.getFileName());
      try (Stream<Path> walk = Files.walk(source)) {
        for (Path file : walk.toList()) {
          Files.copy(file, export.resolve(source.relativize(file).toString()));
        }
      }
      Files.writeString(export.resolve(ReleaseManifest.FILE_NAME), "{}");
      Files.writeString(export.resolve(ReleaseManifest.ATTESTATIONS_FILE_NAME), "{}");
      Files.writeString(export.resolve("quantization.json"), "{}");
      Path target = temp.resolve("small-of-" + source.getFileName());
      ReleaseManifest.Quantization quantization =
          new ModelQuantizer(QuantizationRecipe.of(new BlockFormat(8, 32, true)))
              .quantize(export, target)
              .manifestEntry();
      CheckReport report = new ModelCheck(export, target, CheckSettings.DEFAULT).run(few);
      String json = report.toJson();
      String other = json.replace(quantization.sourceDigest().hex(), "0".repeat(64));

      assertThat(report.reference().digest()).isEqualTo(quantization.sourceDigest());
      assertThat(recorded(json).canBeAgainstSourceOf(quantization)).isTrue();
      assertThat(recorded(other).canBeAgainstSourceOf(quantization)).isFalse();
      assertThat(
              recorded(other.replace("\"graphs\" : 1", "\"graphs\" : 2"))
                  .canBeAgainstSourceOf(quantization))
          .isTrue();
    }
  }

  private static RecordedCheck recorded(String report) throws IOException {
    return RecordedCheck.read(Files.writeString(temp.resolve("recorded.json"), report));
  }

  private static ReleaseManifest manifest(Path directory) {
    return ReleaseBuilder.of(
            directory,
            new ModelId("assistant"),
            ModelVersion.parse("1.0.0"),
            ReleaseManifest.Format.ONNX_GENAI,
            new Requirements(List.of(), List.of(), "onnxruntime", "1.20", 0, 512))
        .build();
  }

  @Test
  void isNoVerdictUnlessThePolicyIsMet() throws IOException {
    DriftPolicy impossible =
        new DriftPolicy("no", List.of(new DriftLimit(DriftMeasure.SAME_BEST, 2)));
    CheckReport judged = good.judgedBy(impossible);
    Path file = Files.writeString(temp.resolve("failed.json"), judged.toJson());

    assertThat(judged.quality().verdictDigest()).isNull();
    assertThat(RecordedCheck.read(file).quality()).isEqualTo(judged.quality());
    assertThat(RecordedCheck.read(file).isMet()).isFalse();
  }

  @Test
  void refusesToReadWhatIsNoReport() throws IOException {
    for (String content : new String[] {"", "{}", "{\"schema\": \"edgellm.check/v1\"}"}) {
      Path file = Files.writeString(temp.resolve("other.json"), content);
      assertThatThrownBy(() -> RecordedCheck.read(file))
          .isInstanceOfSatisfying(
              DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_MATERIAL));
    }
  }

  @Test
  void recordsNothingOfWhatWasNotMeasured() throws IOException {
    CheckFiles probesAlone = CheckFiles.NONE.withProbes(every(50, "probes.jsonl"));
    CheckReport report = new ModelCheck(GENAI, int4, CheckSettings.DEFAULT).run(probesAlone);

    assertThatThrownBy(report::quality)
        .isInstanceOfSatisfying(
            DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_MATERIAL));
    assertThat(report.toHtml()).doesNotContain("Token by token");
  }

  @Test
  void refusesModelsThatCutTextsDifferently() throws IOException {
    Path other = copy("other-tokenizer");
    String json = Files.readString(other.resolve("tokenizer.json"));
    Files.writeString(
        other.resolve("tokenizer.json"), json.replaceFirst("\"<\\|user\\|>\"", "\"<|human|>\""));

    assertThatThrownBy(() -> check(GENAI, other))
        .isInstanceOfSatisfying(
            DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DIFFERENT_TOKENIZER))
        .hasMessageContaining("tokenizer.json differs at '/added_tokens/");
  }

  @Test
  void takesATokenizerThatIsOnlyLaidOutDifferently() throws IOException {
    Path other = copy("other-layout");
    ObjectMapper mapper = new ObjectMapper();
    Path tokenizer = other.resolve("tokenizer.json");
    Files.writeString(tokenizer, mapper.readTree(tokenizer.toFile()).toPrettyString());

    CheckReport report = new ModelCheck(GENAI, other, CheckSettings.DEFAULT).run(few);

    assertThat(report.drift().divergences()).isEmpty();
  }

  @Test
  void refusesModelsWithDifferentTemplates() throws IOException {
    Path other = copy("other-template");
    Files.writeString(other.resolve("chat_template.jinja"), "{{ messages[0]['content'] }}");

    assertThatThrownBy(() -> check(GENAI, other)).hasMessageContaining("chat templates differ");
  }

  @Test
  void tellsHowFarItIsAndHowLongItWillTake() {
    AtomicLong clock = new AtomicLong();
    List<CheckProgress> heard = new ArrayList<>();
    new ModelCheck(GENAI, int4, CheckSettings.DEFAULT, () -> clock.addAndGet(1_000_000_000L))
        .run(few, heard::add, () -> false);

    CheckProgress middle = heard.get(heard.size() / 2);
    assertThat(middle.share()).isBetween(0.1, 0.9);
    assertThat(middle.timeLeft().orElseThrow()).isPositive();
    assertThat(heard.get(heard.size() - 1).share()).isEqualTo(1);
    assertThat(heard.get(heard.size() - 1).timeLeft()).hasValue(Duration.ZERO);
  }

  @Test
  void stopsWhenAskedTo() {
    List<CheckProgress> heard = new ArrayList<>();
    assertThatThrownBy(
            () ->
                new ModelCheck(GENAI, int4, CheckSettings.DEFAULT)
                    .run(few, heard::add, () -> heard.size() == 2))
        .isInstanceOfSatisfying(
            DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CANCELLED));
    assertThat(heard).hasSize(2);
  }

  @Test
  void stopsAtItsDeadline() {
    AtomicLong clock = new AtomicLong();
    CheckSettings settings = CheckSettings.DEFAULT.withDeadline(Duration.ofSeconds(5));
    assertThatThrownBy(
            () ->
                new ModelCheck(GENAI, int4, settings, () -> clock.addAndGet(1_000_000_000L))
                    .run(few))
        .isInstanceOfSatisfying(
            DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DEADLINE));
  }

  @Test
  void leavesOutWhatIsTooMuchAndSaysSo() {
    CheckReport report =
        new ModelCheck(GENAI, int4, CheckSettings.DEFAULT.withMaxTokens(50)).run(few);

    assertThat(report.windowsLeftOut()).isPositive();
    assertThat(report.drift().all().tokens()).isBetween(50L, 600L);
    assertThat(report.toHtml()).contains(report.windowsLeftOut() + " windows left out");
  }

  private static CheckReport check(Path reference, Path candidate) {
    return new ModelCheck(reference, candidate, CheckSettings.DEFAULT).run(files);
  }

  private static DriftVerdict verdict(Path candidate) {
    return check(GENAI, candidate).judgedBy(DriftPolicy.DEFAULT).verdict().orElseThrow();
  }

  private static Path quantize(String name, QuantizationRecipe recipe) {
    Path target = temp.resolve(name);
    new ModelQuantizer(recipe).quantize(GENAI, target);
    return target;
  }

  private static Path copy(String name) throws IOException {
    Path target = Files.createDirectory(temp.resolve(name));
    try (var list = Files.list(GENAI)) {
      for (Path file : list.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
    return target;
  }

  private static Path every(int nth, String name) throws IOException {
    List<String> lines = Files.readAllLines(SampleMaterial.SAMPLE.resolve(name));
    List<String> some = new ArrayList<>();
    for (int i = 0; i < lines.size(); i += nth) {
      some.add(lines.get(i));
    }
    return Files.write(Files.createDirectories(temp.resolve("every" + nth)).resolve(name), some);
  }
}
