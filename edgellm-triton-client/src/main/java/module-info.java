/** A client for Triton Inference Server and other servers of the Open Inference Protocol v2. */
module io.edgellm.triton {
  requires transitive io.edgellm.core;
  requires transitive java.net.http;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.edgellm.triton;
}
