package io.edgellm.telemetry;

/** Records nothing: what requests get while there is no consent. */
enum SilentRequest implements RequestRecorder {
  INSTANCE;

  @Override
  public void started(long nanoTime, long submittedNanoTime, int promptTokens) {}

  @Override
  public void token(long nanoTime) {}

  @Override
  public void ended(long nanoTime, Outcome outcome) {}
}
