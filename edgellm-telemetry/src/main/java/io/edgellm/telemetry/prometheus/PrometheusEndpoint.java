package io.edgellm.telemetry.prometheus;

import io.edgellm.telemetry.Consent;
import io.edgellm.telemetry.ConsentLevel;
import io.edgellm.telemetry.Telemetry;
import io.edgellm.telemetry.TelemetryException;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.concurrent.Executors;

/**
 * A port from which Prometheus reads telemetry, at {@code /metrics}: protobuf with native
 * histograms for servers that ask for it, OpenMetrics or plain text for others.
 *
 * <p>Open until {@link #close}, or until consent ends. It has two daemon threads, one that accepts
 * and one that answers; nothing but a request for {@code /metrics} makes them do anything. There is
 * neither authentication nor encryption: by default the port is reachable from this machine only,
 * and whoever opens it to a network puts a proxy before it.
 */
public final class PrometheusEndpoint implements AutoCloseable {
  private final HTTPServer server;
  private final InetAddress host;
  private final Consent.Following following;

  private PrometheusEndpoint(HTTPServer server, InetAddress host, Consent consent) {
    this.server = server;
    this.host = host.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : host;
    this.following = consent.follow(this::stopWithoutConsent);
  }

  /**
   * Opens a port on this machine only, chosen by the operating system; see {@link #uri()}.
   *
   * @throws TelemetryException as {@link #open(Telemetry, InetSocketAddress)} does
   */
  public static PrometheusEndpoint open(Telemetry telemetry) {
    return open(telemetry, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /**
   * Opens a port.
   *
   * @param telemetry what to show
   * @param address where to listen; port 0 lets the operating system choose
   * @throws TelemetryException {@code NO_CONSENT} while there is no consent to metrics, {@code
   *     PORT_UNAVAILABLE} if the address cannot be listened on
   */
  public static PrometheusEndpoint open(Telemetry telemetry, InetSocketAddress address) {
    if (!telemetry.consent().level().allows(ConsentLevel.METRICS)) {
      throw new TelemetryException(
          TelemetryException.Reason.NO_CONSENT,
          "No port is opened without consent to metrics; ask for it, then call Consent.grant.",
          null,
          null);
    }
    if (address.isUnresolved()) {
      throw unavailable(address, new UnknownHostException(address.getHostString()));
    }
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(PrometheusExposition.of(telemetry));
    try {
      HTTPServer server =
          HTTPServer.builder()
              .inetAddress(address.getAddress())
              .port(address.getPort())
              .registry(registry)
              .registerHealthHandler(false)
              .executorService(Executors.newSingleThreadExecutor(PrometheusEndpoint::daemon))
              .buildAndStart();
      return new PrometheusEndpoint(server, address.getAddress(), telemetry.consent());
    } catch (IOException e) {
      throw unavailable(address, e);
    }
  }

  private static TelemetryException unavailable(InetSocketAddress address, IOException cause) {
    return new TelemetryException(
        TelemetryException.Reason.PORT_UNAVAILABLE,
        "Cannot listen on " + address + " (" + cause + "); choose another address or port.",
        address.toString(),
        cause);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "edgellm-prometheus");
    thread.setDaemon(true);
    return thread;
  }

  private void stopWithoutConsent(ConsentLevel level) {
    if (!level.allows(ConsentLevel.METRICS)) {
      server.close();
    }
  }

  /** Returns where the metrics are, seen from this machine. */
  public URI uri() {
    try {
      return new URI("http", null, host.getHostAddress(), server.getPort(), "/metrics", null, null);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the address of a socket is an address", e);
    }
  }

  /** Closes the port. */
  @Override
  public void close() {
    following.close();
    server.close();
  }
}
