/** Records what a device measures, keeps it private until consent, exposes and sends it. */
module io.edgellm.telemetry {
  requires transitive io.edgellm.core;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;
  // Hosts that expose a registry of their own register our collector with it.
  requires transitive io.prometheus.metrics.model;
  requires io.prometheus.metrics.exporter.httpserver;
  requires io.prometheus.writer.text;
  requires java.management;
  requires jdk.management;
  requires static transitive org.jspecify;

  exports io.edgellm.telemetry;
  exports io.edgellm.telemetry.host;
  exports io.edgellm.telemetry.latency;
  exports io.edgellm.telemetry.prometheus;
}
