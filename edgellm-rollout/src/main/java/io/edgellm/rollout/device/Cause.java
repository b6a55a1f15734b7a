package io.edgellm.rollout.device;

/**
 * Why, as a constant to react to and a sentence to show.
 *
 * @param reason the constant
 * @param detail the sentence, with figures where there are any
 */
public record Cause(Reason reason, String detail) {
  @Override
  public String toString() {
    return reason + ": " + detail;
  }
}
