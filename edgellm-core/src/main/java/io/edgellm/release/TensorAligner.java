package io.edgellm.release;

import io.edgellm.delta.TensorAlignment;
import io.edgellm.model.Artifact;

/** Says which tensor of a new file stood where in an old one, for formats that it can read. */
@FunctionalInterface
public interface TensorAligner {
  /**
   * Compares two files.
   *
   * @param base the old release
   * @param old one of its files
   * @param target the new release
   * @param fresh one of its files
   * @return what is known; {@link TensorAlignment#none()} if that is nothing
   */
  TensorAlignment align(ReleaseFiles base, Artifact old, ReleaseFiles target, Artifact fresh);

  /** Returns an aligner that knows no format. */
  static TensorAligner none() {
    return (base, old, target, fresh) -> TensorAlignment.none();
  }
}
