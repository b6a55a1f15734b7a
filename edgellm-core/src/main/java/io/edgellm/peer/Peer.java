package io.edgellm.peer;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where another node of the site is reached.
 *
 * @param host a name or an address; one of IPv6 without brackets
 * @param port its port
 * @param kind what it is
 */
public record Peer(String host, int port, Kind kind) {
  private static final Pattern NAMED = Pattern.compile("([A-Za-z0-9._-]{1,253}):(\\d{1,5})");
  private static final Pattern BRACKETED = Pattern.compile("\\[([0-9A-Fa-f:.]{2,45})]:(\\d{1,5})");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}");

  /** What a node is on its site. */
  public enum Kind {
    /** A device like this one: it fetches its share from the origin, the others give it theirs. */
    DEVICE,
    /**
     * A node that fetches everything by itself. As long as it does, no device of the site asks the
     * origin. The host says which nodes these are; no node can say so of itself.
     */
    EDGE_CACHE
  }

  /** Refuses what cannot be an address. */
  public Peer {
    if (!HOST.matcher(host).matches() || port < 1 || port > 65_535 || !isAddress(host, port)) {
      throw new IllegalArgumentException(
          "'" + host + "' and " + port + " are not host and port of a peer.");
    }
  }

  private static boolean isAddress(String host, int port) {
    try {
      return new URI("http://" + authority(host, port)).getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * Reads {@code host:port} or {@code [address of IPv6]:port}, of a device.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Peer device(String text) {
    return of(text, Kind.DEVICE);
  }

  /**
   * Reads {@code host:port} or {@code [address of IPv6]:port}, of an edge cache.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Peer edgeCache(String text) {
    return of(text, Kind.EDGE_CACHE);
  }

  private static Peer of(String text, Kind kind) {
    for (Pattern form : new Pattern[] {NAMED, BRACKETED}) {
      Matcher matcher = form.matcher(text);
      if (matcher.matches()) {
        return new Peer(matcher.group(1), Integer.parseInt(matcher.group(2)), kind);
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is not the address of a peer: write host:port, or [address]:port.");
  }

  /** Returns host and port as they stand in an address. */
  String authority() {
    return authority(host, port);
  }

  private static String authority(String host, int port) {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  @Override
  public String toString() {
    return authority();
  }
}
