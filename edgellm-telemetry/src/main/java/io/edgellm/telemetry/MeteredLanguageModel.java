package io.edgellm.telemetry;

import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.LanguageModel;
import io.edgellm.llm.ModelInfo;

/**
 * A language model whose requests are recorded under fixed labels. For a model line whose version
 * changes while it serves, let a {@link MeteredModelLoader} load the versions: it labels each.
 *
 * <p>Times come with the events of the generation; no clock is read per token. As thread-safe as
 * the model.
 */
public final class MeteredLanguageModel implements LanguageModel {
  private final LanguageModel model;
  private final Telemetry telemetry;
  private final ModelLabels labels;

  /**
   * @param model what answers
   * @param telemetry what records
   * @param labels what it is recorded under
   */
  public MeteredLanguageModel(LanguageModel model, Telemetry telemetry, ModelLabels labels) {
    this.model = model;
    this.telemetry = telemetry;
    this.labels = labels;
  }

  @Override
  public ModelInfo info() {
    return model.info();
  }

  @Override
  public Generation generate(GenerationRequest request, GenerationListener listener) {
    return MeteredGeneration.of(model, request, listener, telemetry.request(labels));
  }

  @Override
  public int countTokens(GenerationRequest request) {
    return model.countTokens(request);
  }
}
