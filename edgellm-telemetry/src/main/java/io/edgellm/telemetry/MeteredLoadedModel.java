package io.edgellm.telemetry;

import io.edgellm.llm.AnswerScorer;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.ModelInfo;
import io.edgellm.trust.LoadableModel;
import java.util.List;
import java.util.function.Function;

/** A loaded model whose requests are recorded. */
class MeteredLoadedModel implements LoadedModel {
  private final LoadedModel model;
  private final Telemetry telemetry;
  private final Function<LoadableModel, ModelLabels> labels;

  private MeteredLoadedModel(
      LoadedModel model, Telemetry telemetry, Function<LoadableModel, ModelLabels> labels) {
    this.model = model;
    this.telemetry = telemetry;
    this.labels = labels;
  }

  /** Wraps a model; the result can score answers if the model can. */
  static LoadedModel of(
      LoadedModel model, Telemetry telemetry, Function<LoadableModel, ModelLabels> labels) {
    return model instanceof AnswerScorer scorer
        ? new Scoring(model, scorer, telemetry, labels)
        : new MeteredLoadedModel(model, telemetry, labels);
  }

  @Override
  public LoadableModel source() {
    return model.source();
  }

  @Override
  public ModelInfo info() {
    return model.info();
  }

  @Override
  public Generation generate(GenerationRequest request, GenerationListener listener) {
    RequestRecorder recorder = telemetry.request(labels.apply(source()));
    return MeteredGeneration.of(model, request, listener, recorder);
  }

  @Override
  public int countTokens(GenerationRequest request) {
    return model.countTokens(request);
  }

  @Override
  public void close() {
    model.close();
  }

  /** A metered model that can score answers. */
  private static final class Scoring extends MeteredLoadedModel implements AnswerScorer {
    private final AnswerScorer scorer;

    private Scoring(
        LoadedModel model,
        AnswerScorer scorer,
        Telemetry telemetry,
        Function<LoadableModel, ModelLabels> labels) {
      super(model, telemetry, labels);
      this.scorer = scorer;
    }

    @Override
    public AnswerScore score(List<ChatMessage> messages, String answer) {
      return scorer.score(messages, answer);
    }
  }
}
