package io.edgellm.transfer;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where a server may send a device to. Never from https to http, whatever else is allowed; and to
 * another origin than the one that was asked goes nothing but the question which bytes are wanted:
 * no credentials, no other header.
 *
 * @param most how many redirections in a row are followed
 * @param hosts names of hosts, in small letters, that are followed to beside the origin itself
 */
public record RedirectPolicy(int most, Set<String> hosts) {
  private static final int SOME = 5;

  /** Copies the names. */
  public RedirectPolicy {
    hosts = Set.copyOf(hosts);
    if (most < 0) {
      throw new IllegalArgumentException("A number of redirections is not negative: " + most);
    }
  }

  /** Follows nowhere. */
  public static RedirectPolicy never() {
    return new RedirectPolicy(0, Set.of());
  }

  /** Follows within the scheme, host and port that was asked. */
  public static RedirectPolicy sameOrigin() {
    return new RedirectPolicy(SOME, Set.of());
  }

  /** Follows within the origin that was asked, and to these hosts. */
  public static RedirectPolicy alsoTo(String... names) {
    return new RedirectPolicy(
        SOME,
        Arrays.stream(names)
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet()));
  }

  /** Returns whether a redirection may be followed. */
  boolean allows(URI from, URI to) {
    String scheme = String.valueOf(to.getScheme());
    boolean secured = scheme.equalsIgnoreCase("https");
    boolean plain = scheme.equalsIgnoreCase("http");
    if (to.getHost() == null
        || !(secured || (plain && !from.getScheme().equalsIgnoreCase("https")))) {
      return false;
    }
    return isSameOrigin(from, to) || hosts.contains(to.getHost().toLowerCase(Locale.ROOT));
  }

  static boolean isSameOrigin(URI one, URI other) {
    return one.getScheme().equalsIgnoreCase(other.getScheme())
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
  }
}
