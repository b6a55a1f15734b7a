package io.edgellm.peer;

import java.net.InetAddress;

/** A host that looks for its peers, in a process of its own. */
final class MdnsHost {
  private MdnsHost() {}

  /** Prints why it cannot. */
  public static void main(String[] arguments) throws Exception {
    try (MdnsDirectory directory = MdnsDirectory.browse(InetAddress.getLoopbackAddress())) {
      System.out.println("found " + directory.peers());
    } catch (PeerException e) {
      System.out.println(e.reason() + ": " + e.getMessage());
    }
  }
}
