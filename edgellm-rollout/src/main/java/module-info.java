/** Decides: the device machine, its journal, gates and rollback. */
module io.edgellm.rollout {
  requires transitive io.edgellm.core;
  requires transitive io.edgellm.telemetry;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.edgellm.rollout;
  exports io.edgellm.rollout.device;
  exports io.edgellm.rollout.gate;
  exports io.edgellm.rollout.journal;
}
