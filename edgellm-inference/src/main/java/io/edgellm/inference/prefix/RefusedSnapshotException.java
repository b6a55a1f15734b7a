package io.edgellm.inference.prefix;

import java.io.IOException;
import java.nio.file.Path;

/** A snapshot file is not used. */
final class RefusedSnapshotException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  RefusedSnapshotException(Refusal refusal, Path file) {
    super(file + " is not used: " + refusal);
    this.refusal = refusal;
  }

  Refusal refusal() {
    return refusal;
  }
}
