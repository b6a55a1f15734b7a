package io.edgellm.examples.cli;

import org.jspecify.annotations.Nullable;

/** Something that this program itself finds wrong, beside what the libraries refuse. */
final class CommandFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String reason;

  /**
   * @param exitCode how the command ends
   * @param reason a word for machines
   * @param message what is wrong, and what to do about it
   */
  CommandFault(ExitCode exitCode, String reason, String message) {
    this(exitCode, reason, message, null);
  }

  CommandFault(ExitCode exitCode, String reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.reason = reason;
  }

  ExitCode exitCode() {
    return exitCode;
  }

  String reason() {
    return reason;
  }
}
