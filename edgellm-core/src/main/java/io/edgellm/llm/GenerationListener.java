package io.edgellm.llm;

/**
 * Hears what happens during a generation.
 *
 * <p>Called by one thread at a time, in order. A listener that throws ends its own generation with
 * {@link InferenceException.Reason#LISTENER_FAILED} and disturbs no other.
 */
@FunctionalInterface
public interface GenerationListener {
  /**
   * Hears an event. Return soon: events queue up behind a listener that does not, and once their
   * number has reached the engine's bound, the next token waits.
   */
  void onEvent(GenerationEvent event);

  /** Returns a listener that hears nothing. */
  static GenerationListener silent() {
    return SilentListener.INSTANCE;
  }
}
