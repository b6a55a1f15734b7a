package io.edgellm.telemetry;

import java.util.Locale;

/** How a request ended. */
public enum Outcome {
  /** With an answer, complete or cut at a length that the request or the model set. */
  COMPLETED,
  /** The host ended it: it cancelled, closed the model, or its listener threw. */
  CANCELLED,
  /** Its deadline passed. */
  TIMED_OUT,
  /** Before it began: the prompt was too long, the queue full, the template did not fit. */
  REFUSED,
  /** The engine failed while it ran. */
  FAILED;

  /** Returns whether whoever asked, and did not take it back, was left without an answer. */
  public boolean isError() {
    return this == TIMED_OUT || this == REFUSED || this == FAILED;
  }

  /** Returns the name in metrics, such as {@code timed_out}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
