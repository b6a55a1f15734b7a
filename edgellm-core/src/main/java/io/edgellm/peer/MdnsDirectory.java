package io.edgellm.peer;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds peers by multicast DNS, as services of the type {@code _edgellm._tcp}, and lets this node
 * be found. Needs JmDNS, which a host adds if it wants this.
 *
 * <p>Everybody in the network hears that there is a node, and where its server listens; models are
 * not named. Everybody can announce anything: what is found is as untrusted as any peer, always a
 * {@link Peer.Kind#DEVICE}, and no more than 256 are kept.
 *
 * <p>Thread-safe. Closing it withdraws the announcement and ends the threads of JmDNS; that can
 * take a few seconds.
 */
public final class MdnsDirectory implements PeerDirectory, AutoCloseable {
  static final String TYPE = "_edgellm._tcp.local.";
  private static final int MAX_FOUND = 256;

  private final Map<String, Peer> found = new ConcurrentSkipListMap<>();
  private final MdnsLibrary library;

  private MdnsDirectory(InetAddress address, @Nullable String name, int port) {
    this.library = MdnsLibrary.open(address, name, port, new Found());
  }

  /**
   * Looks for peers.
   *
   * @param address of the network interface to look on
   * @throws PeerException with {@code MISSING_DEPENDENCY}, or {@code IO} if there is no multicast
   */
  public static MdnsDirectory browse(InetAddress address) {
    return new MdnsDirectory(address, null, 0);
  }

  /**
   * Looks for peers, and announces this node.
   *
   * @param address of the network interface to look on, which the server listens on, too
   * @param node its name
   * @param port where its server listens
   * @throws PeerException with {@code MISSING_DEPENDENCY}, or {@code IO} if there is no multicast
   */
  public static MdnsDirectory announce(InetAddress address, NodeId node, int port) {
    return new MdnsDirectory(address, node.hex(), port);
  }

  @Override
  public List<Peer> peers() {
    return List.copyOf(new ArrayList<>(found.values()));
  }

  @Override
  public void close() {
    library.close();
  }

  /** Hears of services, with whatever they say of themselves. */
  private final class Found implements MdnsLibrary.Listener {
    @Override
    public void resolved(String service, String host, int port) {
      if (found.size() < MAX_FOUND || found.containsKey(service)) {
        try {
          found.put(service, new Peer(host, port, Peer.Kind.DEVICE));
        } catch (IllegalArgumentException e) {
          found.remove(service);
        }
      }
    }

    @Override
    public void gone(String service) {
      found.remove(service);
    }
  }
}
