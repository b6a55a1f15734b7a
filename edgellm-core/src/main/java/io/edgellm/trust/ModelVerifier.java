package io.edgellm.trust;

import java.nio.file.Path;

/**
 * Decides whether a model directory may be used: manifest, signature, signer and every file.
 *
 * <p>Implementations are immutable and thread-safe, and throw nothing at bad input: every fault of
 * the directory is a {@link Verdict.Rejected}.
 */
public interface ModelVerifier {
  /**
   * Checks a directory that holds {@code release.json}, {@code release.sig} and the files of a
   * release, and nothing else (a {@code receipt.json} is ignored).
   *
   * @param directory the directory; read completely
   */
  Verdict verify(Path directory);
}
