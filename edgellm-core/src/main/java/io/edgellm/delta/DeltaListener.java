package io.edgellm.delta;

/** Hears how the making of a delta goes; called by the thread that makes it. */
@FunctionalInterface
public interface DeltaListener {
  /**
   * Some more is done.
   *
   * @param doneBytes bytes of both files that were read
   * @param totalBytes bytes of both files
   */
  void onProgress(long doneBytes, long totalBytes);

  /** Returns a listener that hears nothing. */
  static DeltaListener silent() {
    return (doneBytes, totalBytes) -> {};
  }
}
