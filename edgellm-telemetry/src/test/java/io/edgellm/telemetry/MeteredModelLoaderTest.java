package io.edgellm.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.llm.AnswerScorer;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.ModelLoader;
import io.edgellm.trust.DevelopmentModel;
import io.edgellm.trust.LoadableModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeteredModelLoaderTest {
  private static final LoadableModel OLD = DevelopmentModel.at(Path.of("old"));
  private static final LoadableModel NEW = DevelopmentModel.at(Path.of("new"));

  private final Telemetry telemetry = Devices.with(Devices.granted());
  private String stage = "canary";

  private LoadedModel load(LoadableModel source) throws InterruptedException {
    return metered(MeteredModelLoaderTest::answering).load(source);
  }

  private MeteredModelLoader metered(ModelLoader loader) {
    return new MeteredModelLoader(loader, telemetry, model -> ModelLabels.of(model, stage));
  }

  private static LoadedModel answering(LoadableModel source) {
    return new ScriptedModel(
        source, new GenerationEvent.Started(5, 2, 7), ScriptedModel.finished(9, FinishReason.END));
  }

  private CohortStats statsOf(LoadableModel model, String stage) {
    return telemetry.cohort(ModelLabels.of(model, stage)).orElseThrow();
  }

  @Test
  void labelsEachRequestWithTheVersionThatAnswers() throws InterruptedException {
    LoadedModel before = load(OLD);
    LoadedModel after = load(NEW);
    before.generate(GenerationRequest.of("one"));
    after.generate(GenerationRequest.of("two"));
    after.generate(GenerationRequest.of("three"));
    assertThat(statsOf(OLD, "canary").requests()).isEqualTo(1);
    assertThat(statsOf(NEW, "canary").requests()).isEqualTo(2);
  }

  @Test
  void followsTheStageWhileAModelIsLoaded() throws InterruptedException {
    LoadedModel model = load(NEW);
    model.generate(GenerationRequest.of("one"));
    stage = "stable";
    model.generate(GenerationRequest.of("two"));
    assertThat(statsOf(NEW, "canary").requests()).isEqualTo(1);
    assertThat(statsOf(NEW, "stable").requests()).isEqualTo(1);
  }

  @Test
  void recordsHowLongLoadingTook() throws InterruptedException {
    load(NEW);
    assertThat(statsOf(NEW, "canary").modelLoadDuration().count()).isEqualTo(1);
    assertThat(statsOf(NEW, "canary").modelLoadFailures()).isZero();
  }

  @Test
  void recordsAndPassesOnWhyAModelDidNotLoad() {
    MeteredModelLoader loader =
        metered(
            model -> {
              throw new InferenceException(
                  InferenceException.Reason.MODEL_INVALID, "truncated", null);
            });
    assertThatThrownBy(() -> loader.load(NEW)).isInstanceOf(InferenceException.class);
    assertThat(statsOf(NEW, "canary").modelLoadFailures()).isEqualTo(1);
    assertThat(statsOf(NEW, "canary").modelLoadDuration().count()).isZero();
  }

  @Test
  void aModelThatScoresAnswersStillDoes() throws InterruptedException {
    MeteredModelLoader loader = metered(Scoring::new);
    assertThat(loader.load(NEW))
        .isInstanceOfSatisfying(
            AnswerScorer.class,
            scorer -> assertThat(scorer.score(List.of(), "yes").tokens()).isEqualTo(3));
    assertThat(load(OLD)).isNotInstanceOf(AnswerScorer.class);
  }

  private static final class Scoring extends ScriptedModel implements AnswerScorer {
    private Scoring(LoadableModel source) {
      super(source);
    }

    @Override
    public AnswerScore score(List<ChatMessage> messages, String answer) {
      return new AnswerScore(answer.length(), 1.5);
    }
  }
}
