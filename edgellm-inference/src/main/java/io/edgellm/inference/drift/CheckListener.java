package io.edgellm.inference.drift;

/** Hears how far a check is. Called on the thread that runs it. */
@FunctionalInterface
public interface CheckListener {
  /**
   * One more passage or probe is compared.
   *
   * @param progress how far it is
   */
  void onProgress(CheckProgress progress);
}
