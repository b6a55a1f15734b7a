package io.edgellm.llm;

import io.edgellm.trust.LoadableModel;

/** Opens model directories; one per engine. Thread-safe. */
@FunctionalInterface
public interface ModelLoader {
  /**
   * Opens a model. Takes as long as reading its weights.
   *
   * @throws InferenceException if it cannot be opened
   */
  LoadedModel load(LoadableModel model);
}
