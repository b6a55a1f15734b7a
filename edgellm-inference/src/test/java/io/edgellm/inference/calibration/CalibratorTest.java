package io.edgellm.inference.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.inference.calibration.CalibrationException.Reason;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibratorTest {
  private static final Path SAMPLE = Path.of(System.getProperty("edgellm.sample.dir"));
  private static final Path GENAI = SAMPLE.resolve("genai/model.onnx");
  private static final Path OPTIMUM = SAMPLE.resolve("optimum/onnx/model.onnx");
  private static final CalibrationData TEXTS =
      CalibrationData.ofTexts(
          List.of(
              "<|bos|><|user|>spin pitch<|end|><|assistant|>{\"tool\":\"music.play\"}<|end|>",
              "turn on the lights"));
  private static final Calibrator MIN_MAX = new Calibrator(new RangeMethod.MinMax(), 1);

  @Test
  void seesEveryFloatingPointTensorOfBothLayouts() {
    ActivationRanges genai = MIN_MAX.calibrate(GENAI, TEXTS);
    ActivationRanges optimum = MIN_MAX.calibrate(OPTIMUM, TEXTS);

    assertThat(genai.of("logits")).isPresent();
    assertThat(genai.of("/model/layers.4/mlp/act_fn/Mul/output_0")).isPresent();
    assertThat(optimum.ranges()).hasSizeGreaterThan(150);
    assertThat(optimum.of("input_ids")).isEmpty();
    ActivationRange one = genai.of("logits").orElseThrow();
    ActivationRange other = optimum.of("logits").orElseThrow();
    assertThat(one.lowest()).isCloseTo(other.lowest(), within(1e-3f));
    assertThat(one.highest()).isCloseTo(other.highest(), within(1e-3f));
  }

  @Test
  void givesACacheTheRangeOfWhatComesOut() {
    ActivationRanges ranges = MIN_MAX.calibrate(OPTIMUM, TEXTS);

    assertThat(ranges.of("past_key_values.3.key")).isEqualTo(ranges.of("present.3.key"));
    assertThat(ranges.of("past_key_values.3.key")).isPresent();
  }

  @Test
  void seesAMaskThatIsTheLeastNumberThereIs() {
    ActivationRanges ranges = MIN_MAX.calibrate(OPTIMUM, TEXTS);

    assertThat(ranges.of("/model/Where_output_0"))
        .contains(new ActivationRange(-Float.MAX_VALUE, 0));
  }

  @Test
  void cutsOffMoreThanMinMaxWithAPercentile() {
    ActivationRange all = MIN_MAX.calibrate(GENAI, TEXTS).of("logits").orElseThrow();
    ActivationRange most =
        new Calibrator(new RangeMethod.Percentile(99, 2048), 1)
            .calibrate(GENAI, TEXTS)
            .of("logits")
            .orElseThrow();

    assertThat(most.highest()).isLessThan(all.highest());
    assertThat(most.lowest()).isGreaterThanOrEqualTo(all.lowest());
  }

  @Test
  void cutsNothingOffNumbersThatAreAllTheSame() {
    ActivationRange same = new ActivationRange(0.5f, 0.5f);
    Histogram histogram = new Histogram(same, 128);
    histogram.add(FloatBuffer.wrap(new float[] {0.5f, 0.5f}));

    assertThat(histogram.percentile(99)).isEqualTo(same);
  }

  @Test
  void cutsNothingOffAMask() {
    ActivationRanges ranges =
        new Calibrator(new RangeMethod.Percentile(99.99, 2048), 1).calibrate(OPTIMUM, TEXTS);

    assertThat(ranges.of("/model/Where_output_0"))
        .contains(new ActivationRange(-Float.MAX_VALUE, 0));
  }

  @Test
  void findsRangesByEntropyWithinWhatWasSeen() {
    ActivationRanges all = MIN_MAX.calibrate(GENAI, TEXTS);
    ActivationRanges ranges =
        new Calibrator(new RangeMethod.Entropy(512, 128), 1).calibrate(GENAI, TEXTS);

    assertThat(ranges.ranges().keySet()).isEqualTo(all.ranges().keySet());
    ranges
        .ranges()
        .forEach(
            (name, range) ->
                assertThat(range.and(all.of(name).orElseThrow()))
                    .as(name)
                    .isEqualTo(all.of(name).orElseThrow()));
  }

  @Test
  void movesTowardsALaterSampleByItsWeight() {
    Calibrator half = new Calibrator(new RangeMethod.MovingAverage(0.5), 1);
    ActivationRange first = logits(MIN_MAX, List.of(new int[] {1, 4, 50}));
    ActivationRange second = logits(MIN_MAX, List.of(new int[] {1, 4, 700, 20}));

    ActivationRange both = logits(half, List.of(new int[] {1, 4, 50}, new int[] {1, 4, 700, 20}));

    assertThat(both.highest()).isCloseTo((first.highest() + second.highest()) / 2, within(1e-4f));
  }

  private static ActivationRange logits(Calibrator calibrator, List<int[]> sequences) {
    return calibrator
        .calibrate(GENAI, CalibrationData.ofTokens(sequences))
        .of("logits")
        .orElseThrow();
  }

  @Test
  void looksOnlyAtWhatIsWantedAndTellsHowFarItIs() {
    List<String> heard = new ArrayList<>();

    ActivationRanges ranges =
        MIN_MAX.calibrate(
            GENAI,
            TEXTS,
            "logits"::equals,
            (done, total) -> heard.add(done + "/" + total),
            () -> false);

    assertThat(ranges.ranges()).containsOnlyKeys("logits");
    assertThat(heard).containsExactly("1/2", "2/2");
  }

  @Test
  void stopsBeforeThePassInWhichItIsCancelled() {
    AtomicInteger asked = new AtomicInteger();

    assertThatThrownBy(
            () ->
                MIN_MAX.calibrate(
                    GENAI, TEXTS, any -> true, (d, t) -> {}, () -> asked.incrementAndGet() > 2))
        .isInstanceOfSatisfying(
            CalibrationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CANCELLED));
  }

  @Test
  void namesATokenThatTheModelDoesNotHave() {
    refuses(
        CalibrationData.ofTokens(List.of(new int[] {1, 4}, new int[] {1, 1024})),
        Reason.UNFIT_DATA,
        "Sample 2 of the calibration data has the token 1024, but the model has those from 0 to"
            + " 1023: encode it with the model's own tokenizer.");
  }

  @Test
  void namesASequenceThatIsTooLong() {
    refuses(
        CalibrationData.ofTokens(List.of(new int[513])),
        Reason.UNFIT_DATA,
        "Sample 1 of the calibration data has 513 tokens, but the model reads at most 512: cut"
            + " it.");
  }

  @Test
  void namesASampleWithoutTokens() {
    refuses(
        CalibrationData.ofTexts(List.of("hello", "")),
        Reason.UNFIT_DATA,
        "Sample 2 of the calibration data has no token: leave it out.");
  }

  @Test
  void refusesDataWithoutSamples() {
    assertThatThrownBy(() -> CalibrationData.ofTexts(List.of()))
        .hasMessageStartingWith("The calibration data hold no sample");
  }

  @Test
  void saysWhatAnInputTakesAndWhatItIsGiven() {
    refuses(
        new CalibrationData(
            List.of(
                new CalibrationSample.Tensors(
                    Map.of("input_ids", CalibrationTensor.floats(new float[3], 1, 3))))),
        Reason.UNFIT_DATA,
        "The input 'input_ids' takes INT64 [-1, -1] and is given FLOAT [1, 3] (sample 1).");
  }

  @Test
  void namesAnInputThatGetsNothing() {
    refuses(
        new CalibrationData(
            List.of(
                new CalibrationSample.Tensors(
                    Map.of("input_ids", CalibrationTensor.longs(new long[] {1}, 1, 1))))),
        Reason.UNFIT_DATA,
        "The input 'attention_mask' gets nothing; it takes INT64 [-1, -1] (sample 1).");
  }

  @Test
  void namesAnInputThatDoesNotExist() {
    refuses(
        new CalibrationData(
            List.of(
                new CalibrationSample.Tensors(
                    Map.of("tokens", CalibrationTensor.longs(new long[] {1}, 1, 1))))),
        Reason.UNFIT_DATA,
        "The input 'tokens' does not exist; the graph takes [attention_mask, input_ids,");
  }

  private static void refuses(CalibrationData data, Reason reason, String message) {
    assertThatThrownBy(() -> MIN_MAX.calibrate(GENAI, data))
        .isInstanceOfSatisfying(
            CalibrationException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  @Test
  void keepsRangesToTheBitAsJson() {
    ActivationRanges ranges = MIN_MAX.calibrate(GENAI, TEXTS);

    assertThat(ActivationRanges.fromJson(ranges.toJson())).isEqualTo(ranges);
  }

  @Test
  void readsTextsAndTokensFromFiles(@TempDir Path temp) throws Exception {
    Path lines = Files.writeString(temp.resolve("a.txt"), "turn on the lights\n\n");
    Path json =
        Files.writeString(
            temp.resolve("b.jsonl"), "{\"text\": \"stop\"}\n{\"tokens\": [1, 4, 50]}\n");

    CalibrationData data = CalibrationData.read(List.of(lines, json));

    assertThat(data.samples()).hasSize(3);
    CalibrationData same =
        new CalibrationData(
            List.of(
                new CalibrationSample.Text("turn on the lights"),
                new CalibrationSample.Text("stop"),
                new CalibrationSample.Tokens(1, 4, 50)));
    assertThat(data.digest()).isEqualTo(same.digest());
    assertThat(data.digest())
        .isNotEqualTo(new CalibrationData(same.samples().subList(0, 2)).digest());
  }

  @Test
  void namesALineThatIsNoSample(@TempDir Path temp) throws Exception {
    Path json = Files.writeString(temp.resolve("b.jsonl"), "{\"text\": \"stop\"}\n[1, 4]\n");

    assertThatThrownBy(() -> CalibrationData.read(List.of(json)))
        .hasMessageStartingWith("Line 2 of ")
        .hasMessageEndingWith(" is neither {\"text\": \"…\"} nor {\"tokens\": [1, 2, …]}.");
  }
}
