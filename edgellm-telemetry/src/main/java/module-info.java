/** Records what a device measures, keeps it private until consent, exposes and sends it. */
module io.edgellm.telemetry {
  requires transitive io.edgellm.core;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;
  requires io.prometheus.metrics.model;
  requires io.prometheus.metrics.exporter.httpserver;
  requires jdk.httpserver;
  requires static transitive org.jspecify;

  exports io.edgellm.telemetry.latency;
}
