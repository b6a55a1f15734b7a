package io.edgellm.publish;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How a store shall encrypt what it keeps, after "Protecting data with server-side encryption" of
 * the S3 user guide. A bucket may have a default that needs nothing here.
 *
 * @param algorithm the value of {@code x-amz-server-side-encryption}
 * @param keyId which key of the key service; that of the bucket if none is named
 */
public record S3Encryption(String algorithm, Optional<String> keyId) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9:/_.-]{1,2048}");

  /** Refuses what cannot be in a header. */
  public S3Encryption {
    if (!WORD.matcher(algorithm).matches()
        || keyId.filter(id -> !WORD.matcher(id).matches()).isPresent()) {
      throw new IllegalArgumentException(
          "An encryption is a word such as AES256 or aws:kms, and perhaps the name of a key.");
    }
  }

  /** Returns encryption with keys that the store itself keeps. */
  public static S3Encryption ofTheStore() {
    return new S3Encryption("AES256", Optional.empty());
  }

  /** Returns encryption with a key of Amazon's key service, by its id or name. */
  public static S3Encryption byKey(String keyId) {
    return new S3Encryption("aws:kms", Optional.of(keyId));
  }

  Map<String, String> headers() {
    Map<String, String> headers = new TreeMap<>();
    headers.put("x-amz-server-side-encryption", algorithm);
    keyId.ifPresent(id -> headers.put("x-amz-server-side-encryption-aws-kms-key-id", id));
    return headers;
  }
}
