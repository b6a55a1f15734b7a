package io.edgellm.release.keyless;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the services of a Sigstore instance are: the public one, or one of your own.
 *
 * @param certificateAuthority the base address of a Fulcio
 * @param log the base address of a Rekor, version 1
 * @param timestampAuthority the address to which time stamp requests go, or null if the time that
 *     the log signs is enough, as it is for verifiers of this library
 * @param timeout for each answer, from the connection to its last byte
 */
public record SigstoreServices(
    URI certificateAuthority, URI log, @Nullable URI timestampAuthority, Duration timeout) {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /**
   * Checks the addresses.
   *
   * @throws IllegalArgumentException if one is neither {@code https} nor on this machine, since
   *     identity tokens are secrets, or if the timeout is not positive
   */
  public SigstoreServices {
    requireSafe(certificateAuthority);
    requireSafe(log);
    if (timestampAuthority != null) {
      requireSafe(timestampAuthority);
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("A timeout is longer than nothing.");
    }
  }

  /** Returns the public instance: {@code fulcio.sigstore.dev} and {@code rekor.sigstore.dev}. */
  public static SigstoreServices publicInstance() {
    return at(URI.create("https://fulcio.sigstore.dev"), URI.create("https://rekor.sigstore.dev"));
  }

  /** Returns an instance without a time stamp authority, which has 30 seconds for each answer. */
  public static SigstoreServices at(URI certificateAuthority, URI log) {
    return new SigstoreServices(certificateAuthority, log, null, TIMEOUT);
  }

  /** Returns the same with a time stamp authority. */
  public SigstoreServices stampedBy(URI address) {
    return new SigstoreServices(certificateAuthority, log, address, timeout);
  }

  /** Returns the same with another time for each answer. */
  public SigstoreServices within(Duration time) {
    return new SigstoreServices(certificateAuthority, log, timestampAuthority, time);
  }

  static void requireSafe(URI address) {
    boolean encrypted = "https".equals(address.getScheme()) && address.getHost() != null;
    if (!encrypted && !("http".equals(address.getScheme()) && isLocal(address.getHost()))) {
      throw new IllegalArgumentException(
          "'" + address + "' is not an address with https, which identity tokens need.");
    }
  }

  private static boolean isLocal(@Nullable String host) {
    try {
      // Only literal addresses and this one name: no resolver is asked.
      return host != null
          && (host.equals("localhost")
              || (host.matches("[0-9.]+|\\[[0-9a-fA-F:]+]")
                  && InetAddress.getByName(host).isLoopbackAddress()));
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
