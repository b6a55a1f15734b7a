package io.edgellm.release;

import java.nio.file.Path;

/**
 * Where the password of a key file, or the PIN of a token, comes from. It is asked only when one is
 * needed, and what it returns is wiped after use and appears in no message.
 */
@FunctionalInterface
public interface Passphrase {
  /**
   * Returns the password or PIN, in an array of its own.
   *
   * @throws ReleaseException if there is none
   */
  char[] ask();

  /** Has none: a key that needs one is refused with {@code BAD_KEY}. */
  static Passphrase none() {
    return () -> {
      throw new ReleaseException(
          ReleaseException.Reason.BAD_KEY,
          "The private key is protected, and there is no password or PIN: name a file that holds"
              + " it.",
          null);
    };
  }

  /** Reads the first line of a file, each time it is asked; at most 1 KiB of UTF-8. */
  static Passphrase inFile(Path file) {
    return () -> PassphraseFile.firstLine(file);
  }
}
