/** Programs that compose the libraries: what a host application looks like. */
module io.edgellm.examples {
  requires io.edgellm.core;
  requires io.edgellm.inference;
  requires io.edgellm.rollout;
  requires io.edgellm.telemetry;
  requires io.edgellm.triton;
  requires jdk.httpserver;
  requires static transitive org.jspecify;
}
