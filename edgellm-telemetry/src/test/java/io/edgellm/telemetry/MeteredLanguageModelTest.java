package io.edgellm.telemetry;

import static io.edgellm.telemetry.Devices.STABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.FinishReason;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeteredLanguageModelTest {
  private static final GenerationRequest HELLO = GenerationRequest.of("hello");

  private final Telemetry telemetry = Devices.with(Devices.granted());

  private void generate(GenerationListener listener, GenerationEvent... script) {
    ScriptedModel model = new ScriptedModel(DevelopmentModel.at(Path.of("scripted")), script);
    var unused =
        new MeteredLanguageModel(model, telemetry, STABLE).generate(HELLO, listener).result();
  }

  private CohortStats statsAfter(GenerationEvent... script) {
    generate(GenerationListener.silent(), script);
    return telemetry.cohort(STABLE).orElseThrow();
  }

  @Test
  void takesTheTimesFromTheEvents() {
    CohortStats stats =
        statsAfter(
            new GenerationEvent.Started(5_000_000, 2_000_000, 7),
            new GenerationEvent.Token(12_000_000, 1, "a"),
            new GenerationEvent.Token(14_000_000, 2, "b"),
            ScriptedModel.finished(15_000_000, FinishReason.END));
    assertThat(stats.requests(Outcome.COMPLETED)).isEqualTo(1);
    assertThat(stats.requestsInFlight()).isZero();
    assertThat(stats.promptTokens()).isEqualTo(7);
    assertThat(stats.outputTokens()).isEqualTo(2);
    assertThat(stats.queueDuration().sumNanos()).isEqualTo(3_000_000);
    assertThat(stats.timeToFirstToken().sumNanos()).isEqualTo(10_000_000);
    assertThat(stats.interTokenLatency().sumNanos()).isEqualTo(2_000_000);
    assertThat(stats.requestDuration().sumNanos()).isEqualTo(13_000_000);
  }

  @Test
  void passesEveryEventOn() {
    GenerationEvent[] script = {
      new GenerationEvent.Started(5, 2, 7),
      new GenerationEvent.Token(9, 1, "a"),
      ScriptedModel.finished(10, FinishReason.STOP)
    };
    List<GenerationEvent> heard = new ArrayList<>();
    generate(heard::add, script);
    assertThat(heard).containsExactly(script);
  }

  @Test
  void tellsHowARequestEndedFromItsFinishReason() {
    for (FinishReason reason : FinishReason.values()) {
      generate(
          GenerationListener.silent(),
          new GenerationEvent.Started(5, 2, 7),
          ScriptedModel.finished(9, reason));
    }
    CohortStats stats = statsAfter(ScriptedModel.finished(9, FinishReason.END));
    assertThat(stats.requests(Outcome.CANCELLED)).isEqualTo(1);
    assertThat(stats.requests(Outcome.TIMED_OUT)).isEqualTo(1);
    assertThat(stats.requests(Outcome.COMPLETED)).isEqualTo(6);
  }

  @Test
  void aFailureBeforeTheStartIsARefusalAndLaterAFailure() {
    CohortStats refused =
        statsAfter(ScriptedModel.failed(4, InferenceException.Reason.PROMPT_TOO_LONG));
    assertThat(refused.requests(Outcome.REFUSED)).isEqualTo(1);
    CohortStats failed =
        statsAfter(
            new GenerationEvent.Started(5, 2, 7),
            ScriptedModel.failed(9, InferenceException.Reason.RUNTIME));
    assertThat(failed.requests(Outcome.FAILED)).isEqualTo(1);
  }

  @Test
  void whatTheHostEndedIsNoError() {
    CohortStats stats =
        statsAfter(
            new GenerationEvent.Started(5, 2, 7),
            ScriptedModel.failed(9, InferenceException.Reason.CLOSED));
    assertThat(stats.requests(Outcome.CANCELLED)).isEqualTo(1);
    assertThat(stats.errors()).isZero();
  }

  @Test
  void aListenerThatThrowsLeavesNoRequestUnderWay() {
    generate(
        event -> {
          throw new IllegalStateException("broken listener");
        },
        new GenerationEvent.Started(5, 2, 7),
        ScriptedModel.finished(9, FinishReason.END));
    CohortStats stats = telemetry.cohort(STABLE).orElseThrow();
    assertThat(stats.requestsInFlight()).isZero();
    assertThat(stats.requests(Outcome.CANCELLED)).isEqualTo(1);
  }

  @Test
  void withoutConsentTheModelTalksToTheListenerDirectly() {
    List<GenerationListener> seen = new ArrayList<>();
    ScriptedModel model =
        new ScriptedModel(DevelopmentModel.at(Path.of("scripted"))) {
          @Override
          public io.edgellm.llm.Generation generate(
              GenerationRequest request, GenerationListener listener) {
            seen.add(listener);
            return super.generate(request, listener);
          }
        };
    GenerationListener mine = event -> {};
    var unused =
        new MeteredLanguageModel(model, Telemetry.noop(), STABLE).generate(HELLO, mine).result();
    assertThat(seen).containsExactly(mine);
  }
}
