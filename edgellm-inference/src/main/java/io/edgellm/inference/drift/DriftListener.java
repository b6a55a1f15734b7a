package io.edgellm.inference.drift;

/** Hears how far a comparison is. Called on the thread that compares. */
@FunctionalInterface
public interface DriftListener {
  /**
   * One more passage or probe is done.
   *
   * @param done how many are
   * @param total how many there are
   */
  void onProgress(int done, int total);
}
