/** Programs that compose the libraries: what a host application looks like. */
module io.edgellm.examples {
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires info.picocli;
  requires io.edgellm.core;
  requires io.edgellm.inference;
  requires io.edgellm.rollout;
  requires io.edgellm.telemetry;
  requires io.edgellm.triton;
  requires jdk.httpserver;
  requires static langchain4j.core;
  requires static transitive org.jspecify;

  // Commands are described by annotations, which picocli reads.
  opens io.edgellm.examples.cli to
      info.picocli;
}
