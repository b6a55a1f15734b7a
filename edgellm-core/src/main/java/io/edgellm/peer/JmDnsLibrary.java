package io.edgellm.peer;

import java.io.IOException;
import java.net.InetAddress;
import javax.jmdns.JmDNS;
import javax.jmdns.ServiceEvent;
import javax.jmdns.ServiceInfo;
import javax.jmdns.ServiceListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Multicast DNS by JmDNS. The only class that mentions it. */
final class JmDnsLibrary implements MdnsLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(JmDnsLibrary.class);

  private final JmDNS jmdns;

  private JmDnsLibrary(JmDNS jmdns) {
    this.jmdns = jmdns;
  }

  static MdnsLibrary open(InetAddress address, @Nullable String name, int port, Listener listener) {
    try {
      JmDNS jmdns = JmDNS.create(address);
      try {
        jmdns.addServiceListener(MdnsDirectory.TYPE, new Services(jmdns, listener));
        if (name != null) {
          jmdns.registerService(ServiceInfo.create(MdnsDirectory.TYPE, name, port, "v=1"));
        }
        return new JmDnsLibrary(jmdns);
      } catch (IOException e) {
        jmdns.close();
        throw e;
      }
    } catch (IOException e) {
      throw new PeerException(
          PeerException.Reason.IO,
          "Peers cannot be looked for on "
              + address
              + " ("
              + e.getMessage()
              + "): the interface must allow multicast; otherwise list the peers.",
          address.toString(),
          e);
    }
  }

  /** Passes on where services are. */
  private record Services(JmDNS jmdns, Listener listener) implements ServiceListener {
    @Override
    public void serviceAdded(ServiceEvent event) {
      jmdns.requestServiceInfo(event.getType(), event.getName());
    }

    @Override
    public void serviceRemoved(ServiceEvent event) {
      listener.gone(event.getName());
    }

    @Override
    public void serviceResolved(ServiceEvent event) {
      ServiceInfo info = event.getInfo();
      if (info.getInet4Addresses().length > 0) {
        String host = info.getInet4Addresses()[0].getHostAddress();
        listener.resolved(event.getName(), host, info.getPort());
      } else if (info.getInet6Addresses().length > 0) {
        String host = withoutZone(info.getInet6Addresses()[0].getHostAddress());
        listener.resolved(event.getName(), host, info.getPort());
      }
    }

    private static String withoutZone(String address) {
      int zone = address.indexOf('%');
      return zone < 0 ? address : address.substring(0, zone);
    }
  }

  @Override
  public void close() {
    try {
      jmdns.close();
    } catch (IOException e) {
      LOG.debug("cannot close JmDNS", e);
    }
  }
}
