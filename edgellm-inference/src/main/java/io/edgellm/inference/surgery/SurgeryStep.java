package io.edgellm.inference.surgery;

/**
 * What became of one change that could be made to a graph, for people.
 *
 * @param name what it is about: weights, head, cache, prepacked
 * @param outcome what became of it
 * @param detail a clause that says what was done, or why not
 */
public record SurgeryStep(String name, Outcome outcome, String detail) {

  /** What became of a change. */
  public enum Outcome {
    /** It was made, and compared with the unchanged graph. */
    DONE,
    /** It was not tried. */
    LEFT,
    /** It was made and taken back, because the results differed. */
    UNDONE
  }

  static SurgeryStep done(String name, String detail) {
    return new SurgeryStep(name, Outcome.DONE, detail);
  }

  static SurgeryStep left(String name, String detail) {
    return new SurgeryStep(name, Outcome.LEFT, detail);
  }

  static SurgeryStep undone(String name, String detail) {
    return new SurgeryStep(name, Outcome.UNDONE, detail);
  }

  /** Returns whether it was made. */
  public boolean isDone() {
    return outcome == Outcome.DONE;
  }

  @Override
  public String toString() {
    return name + ": " + outcome + ", " + detail;
  }
}
