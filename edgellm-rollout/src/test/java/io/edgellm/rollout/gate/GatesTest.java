package io.edgellm.rollout.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.AnswerScorer.AnswerScore;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.GoldenAnswer;
import io.edgellm.llm.GoldenPrompt;
import io.edgellm.llm.GoldenReport;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.Baseline;
import io.edgellm.rollout.device.Evidence;
import io.edgellm.rollout.device.Release;
import io.edgellm.rollout.gate.GateVerdict.Fail;
import io.edgellm.rollout.gate.GateVerdict.Inconclusive;
import io.edgellm.rollout.gate.GateVerdict.Pass;
import io.edgellm.telemetry.latency.LatencyHistogram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GatesTest {
  private static final Release BEFORE =
      new Release(new ModelId("assistant"), ModelVersion.parse("1.0.0"), Sha256.of(new byte[] {1}));
  private static final Baseline BASELINE =
      new Baseline(new Baseline.Quality(40, 0.975, 0.0168), new Baseline.Latency(500, 0.1));

  private static Observation observed(Evidence evidence, @Nullable GoldenReport golden) {
    return new Observation(BEFORE, BASELINE, evidence, golden, null);
  }

  private static GoldenReport golden(int exact, int prompts, double nllPerToken) {
    List<GoldenAnswer> answers = new ArrayList<>();
    for (int i = 0; i < prompts; i++) {
      GenerationResult result =
          new GenerationResult(
              i < exact ? "right" : "wrong",
              List.of(1),
              FinishReason.END,
              1,
              Duration.ZERO,
              Duration.ZERO,
              Duration.ZERO);
      answers.add(
          new GoldenAnswer(
              new GoldenPrompt("p", "right"), result, new AnswerScore(10, 10 * nllPerToken)));
    }
    return new GoldenReport(answers);
  }

  @Test
  void noDataNeverPasses() {
    Observation nothing = observed(Evidence.NONE, null);
    assertThat(ErrorRateGate.defaults().judge(nothing)).isInstanceOf(Inconclusive.class);
    assertThat(LatencyGate.defaults().judge(nothing)).isInstanceOf(Inconclusive.class);
    assertThat(QualityGate.defaults().judge(nothing)).isInstanceOf(Inconclusive.class);
  }

  @Test
  void errorsFailPassOrStayOpen() {
    ErrorRateGate gate = ErrorRateGate.defaults();
    assertThat(gate.judge(observed(new Evidence(20, 20, 0, 0), null))).isInstanceOf(Fail.class);
    assertThat(gate.judge(observed(new Evidence(200, 0, 0, 0), null))).isInstanceOf(Pass.class);
    assertThat(gate.judge(observed(new Evidence(30, 0, 0, 0), null)))
        .isInstanceOf(Inconclusive.class);
  }

  @Test
  void latencyFailsPassesOrStaysOpen() {
    LatencyGate gate = LatencyGate.defaults();
    assertThat(gate.judge(observed(new Evidence(60, 0, 60, 20), null))).isInstanceOf(Fail.class);
    assertThat(gate.judge(observed(new Evidence(200, 0, 200, 2), null))).isInstanceOf(Pass.class);
    assertThat(gate.judge(observed(new Evidence(9, 0, 9, 0), null)))
        .isInstanceOf(Inconclusive.class);
  }

  @Test
  void latencyOfAFirstReleaseHasNothingToBeComparedWith() {
    Observation first = new Observation(null, Baseline.NONE, Evidence.NONE, null, null);
    assertThat(LatencyGate.defaults().judge(first)).isInstanceOf(Pass.class);
    Observation unmeasured = new Observation(BEFORE, Baseline.NONE, Evidence.NONE, null, null);
    assertThat(LatencyGate.defaults().judge(unmeasured)).isInstanceOf(Inconclusive.class);
  }

  @Test
  void aGoodQuantizationPassesAndABrokenOneFails() {
    // The figures of the sample model's card: 4 bits in blocks of 32, and 2 bits in blocks of 32.
    QualityGate gate = QualityGate.defaults();
    double fourBits = Math.log(1.0190);
    double twoBits = Math.log(1.2727);
    assertThat(gate.judge(observed(Evidence.NONE, golden(39, 40, fourBits))))
        .isInstanceOf(Pass.class);
    assertThat(gate.judge(observed(Evidence.NONE, golden(14, 40, twoBits))))
        .isInstanceOf(Fail.class);
  }

  @Test
  void likelihoodTellsBeforeAnswersFlip() {
    GateVerdict verdict =
        QualityGate.defaults().judge(observed(Evidence.NONE, golden(39, 40, 0.05)));
    assertThat(verdict).isInstanceOf(Fail.class);
    assertThat(verdict.figures())
        .isEqualTo(
            "97.5 % of 40 golden answers are exact (before: 97.5 %), likelihood +0.0332 nats per"
                + " token");
  }

  @Test
  void theManifestIsTheYardstickWhereNothingWasBefore() {
    ReleaseManifest.Quality promised = new ReleaseManifest.Quality(0.98, 0.017, 2.03, "golden");
    QualityGate gate = QualityGate.defaults();
    Observation good =
        new Observation(null, Baseline.NONE, Evidence.NONE, golden(39, 40, 0.018), promised);
    Observation bad =
        new Observation(null, Baseline.NONE, Evidence.NONE, golden(20, 40, 0.018), promised);
    assertThat(gate.judge(good)).isInstanceOf(Pass.class);
    assertThat(gate.judge(bad)).isInstanceOf(Fail.class);
  }

  @Test
  void countsRequestsThatAreSlowerThanTheBaselineAllows() {
    LatencyHistogram times = new LatencyHistogram();
    for (int i = 0; i < 90; i++) {
      times.record(100_000_000);
    }
    for (int i = 0; i < 10; i++) {
      times.record(130_000_000);
    }
    LiveWindow window = new LiveWindow(100, 3, times.snapshot());
    assertThat(window.evidence(new Baseline.Latency(500, 0.1), 1.2, Duration.ZERO))
        .isEqualTo(new Evidence(100, 3, 100, 10));
    assertThat(window.evidence(null, 1.2, Duration.ZERO)).isEqualTo(new Evidence(100, 3, 0, 0));
  }

  @Test
  void aFifthMoreOfAMillisecondIsNotSlow() {
    LatencyHistogram prefills = new LatencyHistogram();
    for (int i = 0; i < 100; i++) {
      prefills.record(Duration.ofMillis(i < 30 ? 40 : 1).toNanos());
    }
    LiveWindow window = new LiveWindow(100, 0, prefills.snapshot());
    Baseline.Latency fast = new Baseline.Latency(500, 0.0015);
    assertThat(window.evidence(fast, 1.2, Duration.ofMillis(50)).slow()).isZero();
    assertThat(window.evidence(fast, 1.2, Duration.ofMillis(10)).slow()).isEqualTo(30);
  }
}
