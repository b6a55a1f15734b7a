package io.edgellm.release;

import io.edgellm.model.Artifact;

/** Hears how a publication goes; called by the thread that publishes, at least once per file. */
@FunctionalInterface
public interface PublishListener {
  /**
   * Bytes of a file are written, or were there already.
   *
   * @param artifact the file
   * @param doneBytes bytes of the whole release that are done
   * @param totalBytes bytes of the whole release
   */
  void onProgress(Artifact artifact, long doneBytes, long totalBytes);

  /** Returns a listener that hears nothing. */
  static PublishListener silent() {
    return (artifact, doneBytes, totalBytes) -> {};
  }
}
