/** Records what a device measures, keeps it private until consent, exposes and sends it. */
module io.edgellm.telemetry {
  requires transitive io.edgellm.core;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;
  requires java.management;
  requires jdk.management;
  requires static transitive org.jspecify;

  exports io.edgellm.telemetry;
  exports io.edgellm.telemetry.host;
  exports io.edgellm.telemetry.latency;
}
