package io.edgellm.peer;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of JmDNS, and the one door to it: no other type of this package mentions {@link
 * JmDnsLibrary}, so that the others load without the library.
 */
interface MdnsLibrary extends AutoCloseable {
  /** Hears of services; called by threads of the library. */
  interface Listener {
    void resolved(String service, String host, int port);

    void gone(String service);
  }

  /**
   * Opens the library.
   *
   * @param name the name to announce, or null to announce nothing
   * @throws PeerException with {@code MISSING_DEPENDENCY} or {@code IO}
   */
  static MdnsLibrary open(InetAddress address, @Nullable String name, int port, Listener listener) {
    try {
      return JmDnsLibrary.open(address, name, port, listener);
    } catch (LinkageError e) {
      throw new PeerException(
          PeerException.Reason.MISSING_DEPENDENCY,
          "JmDNS is not there: add org.jmdns:jmdns 3.6.5 to the application, or list the peers.",
          String.valueOf(e.getMessage()),
          e);
    }
  }

  @Override
  void close();
}
