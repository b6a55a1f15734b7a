package io.edgellm.llm;

import io.edgellm.trust.VerifiedModel;
import java.time.Duration;
import java.util.Optional;

/**
 * Serves one model line: loads the next version beside the one that serves, switches between two
 * requests, lets the old one finish what it began. Thread-safe.
 *
 * <p>The host keeps {@link #languageModel()} for good; which version answers is decided per
 * request.
 */
public interface ModelRuntime extends AutoCloseable {
  /**
   * Loads a model without serving it.
   *
   * @throws InferenceException if it cannot be opened
   */
  LoadedModel load(VerifiedModel model);

  /**
   * Serves a loaded model from the next request on. Requests under way stay where they began.
   *
   * @return the model that served before; it stays loaded until it is given to {@link #unload}
   */
  Optional<LoadedModel> serve(LoadedModel model);

  /** Serves nothing from the next request on; requests are refused with {@code NOT_SERVING}. */
  Optional<LoadedModel> stopServing();

  /** Returns the model that serves. */
  Optional<LoadedModel> serving();

  /**
   * Waits for the requests that run on a model, cancels what is left at the deadline, and closes
   * it. An interrupt ends the waiting as the deadline does, and so does {@link #close}; the
   * interrupt stays set. Not to be called from a listener, whose own request it would wait for.
   *
   * @throws IllegalStateException if it serves
   */
  void unload(LoadedModel model, Duration drainTimeout);

  /** Returns the model that the host talks to; it stays valid over every switch. */
  LanguageModel languageModel();

  /**
   * Stops serving, and unloads every model without waiting. Where models fail to close, the others
   * are closed nonetheless, and the first failure is thrown at the end.
   */
  @Override
  void close();
}
