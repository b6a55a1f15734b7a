/**
 * The vocabulary of EdgeLLM, and everything about bytes at rest: store, transfer, trust and
 * release.
 */
@SuppressWarnings(
    "module") // The modules that our internals are exported to are built after this one.
module io.edgellm.core {
  requires org.slf4j;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires static com.fasterxml.jackson.dataformat.yaml;
  requires static org.yaml.snakeyaml;
  requires static javax.jmdns;
  requires static sigstore.java;
  requires static transitive org.jspecify;
  requires transitive java.net.http;

  exports io.edgellm.delta;
  exports io.edgellm.llm;
  exports io.edgellm.model;
  exports io.edgellm.peer;
  exports io.edgellm.publish;
  exports io.edgellm.release;
  exports io.edgellm.release.keyless;
  exports io.edgellm.release.tuf;
  exports io.edgellm.transfer;
  exports io.edgellm.transfer.oci;
  exports io.edgellm.transfer.s3;
  exports io.edgellm.store;
  exports io.edgellm.trust;
  exports io.edgellm.trust.sigstore;
  exports io.edgellm.trust.time;
  exports io.edgellm.trust.tuf;
  exports io.edgellm.internal.io to
      io.edgellm.inference,
      io.edgellm.rollout,
      io.edgellm.telemetry;
  exports io.edgellm.internal.json to
      io.edgellm.rollout,
      io.edgellm.telemetry,
      io.edgellm.inference,
      io.edgellm.triton;
  exports io.edgellm.internal.yaml to
      io.edgellm.inference;
}
