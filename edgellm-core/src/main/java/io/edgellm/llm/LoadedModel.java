package io.edgellm.llm;

import io.edgellm.trust.LoadableModel;

/**
 * A model in memory. Whoever loaded it closes it; requests that still run then end with {@link
 * InferenceException.Reason#CLOSED}, and native memory is free when {@link #close()} returns.
 */
public interface LoadedModel extends LanguageModel, AutoCloseable {
  /** Returns what was loaded. */
  LoadableModel source();

  @Override
  void close();
}
