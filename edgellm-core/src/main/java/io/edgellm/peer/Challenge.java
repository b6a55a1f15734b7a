package io.edgellm.peer;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's side of the {@link SiteSecret}: numbers that are good for five to ten minutes and
 * that nothing has to be kept of, since the server can make each of them again.
 */
final class Challenge {
  static final String SCHEME = "EdgeLLM";
  private static final long PERIOD_NANOS = Duration.ofMinutes(5).toNanos();
  private static final Pattern AUTHORIZATION =
      Pattern.compile(SCHEME + " ([0-9a-f]{64}) ([0-9a-f]{64})");

  private final SiteSecret secret;
  private final SiteSecret own;
  private final long startNanos;

  Challenge(SiteSecret secret, SecureRandom random, long nowNanos) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    this.secret = secret;
    this.own = new SiteSecret(key);
    this.startNanos = nowNanos;
  }

  /** Returns the number that proofs are made for at present. */
  String nonce(long nowNanos) {
    return nonceOf((nowNanos - startNanos) / PERIOD_NANOS);
  }

  private String nonceOf(long period) {
    return HexFormat.of().formatHex(own.mac(ByteBuffer.allocate(8).putLong(period).array()));
  }

  boolean accepts(RequestHead request, long nowNanos) {
    Optional<String> value = request.header("authorization");
    Matcher matcher = AUTHORIZATION.matcher(value.orElse(""));
    if (!matcher.matches()) {
      return false;
    }
    String nonce = matcher.group(1);
    long period = (nowNanos - startNanos) / PERIOD_NANOS;
    String proof =
        secret.proof(nonce, request.method(), request.target(), request.header("range").orElse(""));
    boolean fresh =
        SiteSecret.same(nonce, nonceOf(period)) || SiteSecret.same(nonce, nonceOf(period - 1));
    return fresh && SiteSecret.same(matcher.group(2), proof);
  }
}
