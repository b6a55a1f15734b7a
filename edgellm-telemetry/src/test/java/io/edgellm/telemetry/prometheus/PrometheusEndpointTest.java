package io.edgellm.telemetry.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.telemetry.Consent;
import io.edgellm.telemetry.Telemetry;
import io.edgellm.telemetry.TelemetryException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PrometheusEndpointTest {
  private static final String PROTOBUF =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<byte[]> get(URI uri, String accept)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).header("Accept", accept).build();
    return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void servesTextToWhoeverAsksForNothingElse() throws Exception {
    try (PrometheusEndpoint endpoint = PrometheusEndpoint.open(Measured.little())) {
      HttpResponse<byte[]> answer = get(endpoint.uri(), "*/*");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(new String(answer.body(), StandardCharsets.UTF_8))
          .contains("# TYPE edgellm_requests_total counter");
    }
  }

  @Test
  void servesProtobufToPrometheus() throws Exception {
    try (PrometheusEndpoint endpoint = PrometheusEndpoint.open(Measured.little())) {
      HttpResponse<byte[]> answer = get(endpoint.uri(), PROTOBUF);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type").orElse(""))
          .contains("application/vnd.google.protobuf");
      assertThat(new String(answer.body(), StandardCharsets.ISO_8859_1))
          .contains("edgellm_requests_total");
    }
  }

  @Test
  void listensOnThisMachineOnly() {
    try (PrometheusEndpoint endpoint = PrometheusEndpoint.open(Measured.little())) {
      assertThat(endpoint.uri().getHost())
          .isEqualTo(InetAddress.getLoopbackAddress().getHostAddress());
    }
  }

  @Test
  void opensNothingWithoutConsent() {
    Telemetry telemetry = Measured.builder(Consent.none()).build();
    assertThatThrownBy(() -> PrometheusEndpoint.open(telemetry))
        .isInstanceOfSatisfying(
            TelemetryException.class,
            e -> assertThat(e.reason()).isEqualTo(TelemetryException.Reason.NO_CONSENT));
  }

  @Test
  void closesWhenConsentEnds() {
    Telemetry telemetry = Measured.little();
    try (PrometheusEndpoint endpoint = PrometheusEndpoint.open(telemetry)) {
      telemetry.consent().revoke();
      assertThatThrownBy(() -> get(endpoint.uri(), "*/*")).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void closesWhenItIsTold() {
    PrometheusEndpoint endpoint = PrometheusEndpoint.open(Measured.little());
    endpoint.close();
    endpoint.close();
    assertThatThrownBy(() -> get(endpoint.uri(), "*/*")).isInstanceOf(ConnectException.class);
  }

  @Test
  void saysWhenThePortIsTaken() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket taken = new ServerSocket(0, 1, loopback)) {
      InetSocketAddress address = new InetSocketAddress(loopback, taken.getLocalPort());
      assertThatThrownBy(() -> PrometheusEndpoint.open(Measured.little(), address))
          .isInstanceOfSatisfying(
              TelemetryException.class,
              e -> assertThat(e.reason()).isEqualTo(TelemetryException.Reason.PORT_UNAVAILABLE));
    }
  }

  @Test
  void aHostNameThatDoesNotResolveOpensNothing() {
    InetSocketAddress nowhere = InetSocketAddress.createUnresolved("no.such.host.invalid", 0);
    assertThatThrownBy(() -> PrometheusEndpoint.open(Measured.little(), nowhere))
        .isInstanceOfSatisfying(
            TelemetryException.class,
            e -> assertThat(e.reason()).isEqualTo(TelemetryException.Reason.PORT_UNAVAILABLE));
  }
}
