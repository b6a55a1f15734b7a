package io.edgellm.triton;

import java.util.List;

/** Which of a model's version directories a server loads. */
public sealed interface VersionPolicy {

  /**
   * The highest version numbers.
   *
   * @param count how many
   */
  record Latest(long count) implements VersionPolicy {}

  /** Every version directory. */
  record All() implements VersionPolicy {}

  /**
   * Exactly these.
   *
   * @param versions the version numbers
   */
  record Specific(List<Long> versions) implements VersionPolicy {
    public Specific {
      versions = List.copyOf(versions);
    }
  }
}
