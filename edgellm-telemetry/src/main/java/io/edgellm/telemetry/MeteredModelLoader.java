package io.edgellm.telemetry;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.ModelLoader;
import io.edgellm.trust.LoadableModel;
import java.time.Duration;
import java.util.function.Function;

/**
 * A loader that records how long models take to load, which fail to, and every request to those
 * that it loaded, each under the labels of its own version. Give it to the runtime in place of the
 * engine's loader: a switch from one version to the next then splits the measurements exactly,
 * request by request. Thread-safe.
 */
public final class MeteredModelLoader implements ModelLoader {
  private final ModelLoader loader;
  private final Telemetry telemetry;
  private final Function<LoadableModel, ModelLabels> labels;

  /**
   * @param loader what loads
   * @param telemetry what records
   * @param labels what a model is recorded under; asked at every request, since the stage of a
   *     version changes while it is loaded; returns soon and does not throw
   */
  public MeteredModelLoader(
      ModelLoader loader, Telemetry telemetry, Function<LoadableModel, ModelLabels> labels) {
    this.loader = loader;
    this.telemetry = telemetry;
    this.labels = labels;
  }

  @Override
  public LoadedModel load(LoadableModel model) {
    long begin = System.nanoTime();
    try {
      LoadedModel loaded = loader.load(model);
      telemetry.modelLoaded(labels.apply(model), Duration.ofNanos(System.nanoTime() - begin));
      return MeteredLoadedModel.of(loaded, telemetry, labels);
    } catch (InferenceException e) {
      telemetry.modelLoadFailed(labels.apply(model));
      throw e;
    }
  }
}
