package io.edgellm.telemetry;

/**
 * Records one request from {@link Telemetry#request} on: {@link #started} at most once, any number
 * of {@link #token}s, then {@link #ended}. The first {@code ended} counts, later calls have no
 * effect.
 *
 * <p>Called by one thread at a time. All times are on the scale of {@link System#nanoTime()} and
 * were read by the caller; nothing here reads a clock, and nothing but {@link #ended} touches
 * anything that is shared. Never throws.
 */
public sealed interface RequestRecorder permits LiveRequest, SilentRequest {
  /**
   * The request has left the queue and its prefill begins.
   *
   * @param nanoTime when
   * @param submittedNanoTime when it was submitted
   * @param promptTokens tokens of the prompt
   */
  void started(long nanoTime, long submittedNanoTime, int promptTokens);

  /**
   * A token was generated.
   *
   * @param nanoTime when
   */
  void token(long nanoTime);

  /**
   * The request is over.
   *
   * @param nanoTime when
   * @param outcome how
   */
  void ended(long nanoTime, Outcome outcome);
}
