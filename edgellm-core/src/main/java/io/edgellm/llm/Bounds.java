package io.edgellm.llm;

/** Refuses settings out of their range by their name. */
final class Bounds {
  private Bounds() {}

  static float within(String name, float value, float least, float most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          name + " must be from " + least + " to " + most + ", and is " + value + ".");
    }
    return value;
  }

  static float above0(String name, float value, float most) {
    if (!(value > 0 && value <= most)) {
      throw new IllegalArgumentException(
          name + " must be above 0.0 and at most " + most + ", and is " + value + ".");
    }
    return value;
  }

  static int atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + " must be at least " + least + ", and is " + value + ".");
    }
    return value;
  }
}
