package io.edgellm.transfer.s3;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a request is signed with. The secrets appear in no text that this library makes.
 *
 * @param accessKeyId which key it is; no secret
 * @param secretAccessKey the key
 * @param sessionToken goes with a key that is good for a while only
 */
public record S3Credentials(
    String accessKeyId, String secretAccessKey, Optional<String> sessionToken) {
  /** Visible ASCII: what a header can carry. */
  private static final Pattern VISIBLE = Pattern.compile("[!-~]+");

  /** Refuses what cannot be sent: the HTTP client would say it aloud. */
  public S3Credentials {
    if (!VISIBLE.matcher(accessKeyId).matches()
        || secretAccessKey.isBlank()
        || sessionToken.filter(token -> !VISIBLE.matcher(token).matches()).isPresent()) {
      throw new IllegalArgumentException(
          "A key has an id and a secret; id and session token are of visible ASCII characters.");
    }
  }

  /** Makes credentials that are good until somebody withdraws them. */
  public static S3Credentials of(String accessKeyId, String secretAccessKey) {
    return new S3Credentials(accessKeyId, secretAccessKey, Optional.empty());
  }

  /** Makes credentials that are good for a while. */
  public static S3Credentials temporary(
      String accessKeyId, String secretAccessKey, String sessionToken) {
    return new S3Credentials(accessKeyId, secretAccessKey, Optional.of(sessionToken));
  }

  /** Returns the id of the key alone. */
  @Override
  public String toString() {
    return "S3Credentials[" + accessKeyId + "]";
  }
}
