package io.edgellm.examples.cli;

import io.edgellm.trust.TrustException;
import io.edgellm.trust.TrustPolicy;
import java.nio.file.Path;

/**
 * The file that {@code --policy} names.
 *
 * @param path the file
 */
record PolicyFile(Path path) {
  /** Reads it; what is wrong with it is a fault of the call, and not of a release. */
  TrustPolicy read() {
    try {
      return TrustPolicy.read(path);
    } catch (TrustException e) {
      throw new CommandFault(
          ExitCode.USAGE, "POLICY_" + e.reason(), String.valueOf(e.getMessage()), e);
    }
  }
}
