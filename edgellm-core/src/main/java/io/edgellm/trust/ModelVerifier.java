package io.edgellm.trust;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Decides whether a model directory may be used: manifest, signature, signer and every file.
 *
 * <p>Implementations are immutable and thread-safe, and throw nothing at bad input: every fault is
 * a {@link Verdict.Rejected}.
 */
public interface ModelVerifier {
  /**
   * Checks a directory that holds {@code release.json}, {@code release.sig}, perhaps {@code
   * release.intoto.jsonl}, and the files of a release, and nothing else (a {@code receipt.json} is
   * ignored).
   *
   * @param directory the directory; read completely
   */
  Verdict verify(Path directory);

  /**
   * Checks the papers of a release, before its files are fetched.
   *
   * @param release what a source offers
   * @return what speaks against the release, also against activating it as a new one; nothing if
   *     only its files are left to check
   */
  Optional<Verdict.Rejected> examine(SignedRelease release);
}
