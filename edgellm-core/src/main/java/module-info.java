/**
 * The vocabulary of EdgeLLM, and everything about bytes at rest: store, transfer, trust and
 * release.
 */
module io.edgellm.core {
  requires org.slf4j;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires static com.fasterxml.jackson.dataformat.yaml;
  requires static transitive org.jspecify;
  requires java.net.http;

  exports io.edgellm.model;
}
