package io.edgellm.release.keyless;

import io.edgellm.release.ReleaseException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where identity tokens come from: OpenID Connect tokens whose audience is {@value #AUDIENCE}. A
 * token is a secret as long as it is valid, commonly for some minutes; it appears in no message.
 */
@FunctionalInterface
public interface TokenSource {
  /** For whom tokens must be made out. */
  String AUDIENCE = "sigstore";

  /**
   * Returns a token that is valid now; asked once for each signature.
   *
   * @throws ReleaseException with {@code IDENTITY} if there is none, or {@code UNREACHABLE} if
   *     whoever gives them out does not answer
   */
  String token();

  /** Has one token, and no other when that has expired. */
  static TokenSource of(String token) {
    return token::strip;
  }

  /** Reads a file of at most 16 KiB, each time it is asked, as agents renew them. */
  static TokenSource inFile(Path file) {
    return () -> {
      try (InputStream in = Files.newInputStream(file)) {
        return new String(in.readNBytes(IdentityToken.MAX_CHARS), StandardCharsets.US_ASCII)
            .strip();
      } catch (IOException e) {
        throw new ReleaseException(
            ReleaseException.Reason.IO,
            "The identity token cannot be read (" + e + "): check the path and the permissions.",
            file.toString(),
            e);
      }
    };
  }

  /**
   * Asks GitHub for the token of the running workflow, which must have the permission {@code
   * id-token: write}.
   *
   * @param environment the variables of the process, {@link System#getenv()}
   * @throws ReleaseException with {@code IDENTITY} if this is no such workflow
   */
  static TokenSource githubActions(Map<String, String> environment) {
    return GithubActions.of(environment);
  }
}
