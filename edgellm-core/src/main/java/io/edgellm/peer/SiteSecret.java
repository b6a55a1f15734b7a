package io.edgellm.peer;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the nodes of a site share, so that strangers in the same network get no weights.
 *
 * <p>The secret never goes over the network: a server sends a number that it draws anew every few
 * minutes, and the client proves with an HMAC-SHA-256 over the number and the request that it knows
 * the secret. No clock is needed. Bodies are not encrypted, and a node that takes part can pass on
 * what it gets: this keeps strangers from asking, it is no secrecy.
 */
public final class SiteSecret {
  private static final int MIN_BYTES = 16;
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  /**
   * @param secret at least 16 bytes that nobody can guess, the same on all nodes
   */
  public SiteSecret(byte[] secret) {
    if (secret.length < MIN_BYTES) {
      throw new IllegalArgumentException(
          "A site secret has at least " + MIN_BYTES + " bytes: draw it at random.");
    }
    this.key = new SecretKeySpec(secret.clone(), ALGORITHM);
  }

  /** Returns the proof that somebody who knows the secret makes this request. */
  String proof(String nonce, String method, String target, String range) {
    String request = String.join("\n", "edgellm-peer-1", nonce, method, target, range);
    return HexFormat.of().formatHex(mac(request.getBytes(StandardCharsets.UTF_8)));
  }

  byte[] mac(byte[] message) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HMAC-SHA-256.", e);
    }
  }

  /** Compares in the same time, wherever they differ. */
  static boolean same(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "SiteSecret";
  }
}
