package io.edgellm.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Two nodes that look for each other, where the machine lets them. */
final class MdnsDirectoryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private static InetAddress multicastAddress() throws Exception {
    return NetworkInterface.networkInterfaces()
        .filter(MdnsDirectoryTest::takesMulticast)
        .flatMap(NetworkInterface::inetAddresses)
        .filter(Inet4Address.class::isInstance)
        .findFirst()
        .orElseGet(() -> abort("no interface of this machine takes multicast"));
  }

  private static boolean takesMulticast(NetworkInterface network) {
    try {
      return network.isUp() && network.supportsMulticast() && !network.isLoopback();
    } catch (SocketException e) {
      return false;
    }
  }

  private static boolean finds(PeerDirectory directory, Peer peer, boolean there) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (directory.peers().contains(peer) != there && System.nanoTime() < end) {
      LockSupport.parkNanos(10_000_000);
    }
    return directory.peers().contains(peer) == there;
  }

  @Test
  void nodesFindEachOtherAndHearWhenOneGoes() throws Exception {
    InetAddress address = multicastAddress();
    Peer announced = new Peer(address.getHostAddress(), 7071, Peer.Kind.DEVICE);
    try (MdnsDirectory browsing = MdnsDirectory.browse(address)) {
      try (MdnsDirectory node =
          MdnsDirectory.announce(address, NodeId.random(new Random(1)), 7071)) {
        if (!finds(browsing, announced, true)) {
          abort("multicast of this machine does not come back: nothing can be found here");
        }
        assertThat(node.peers()).allMatch(peer -> peer.kind() == Peer.Kind.DEVICE);
      }
      assertThat(finds(browsing, announced, false)).isTrue();
    }
  }
}
