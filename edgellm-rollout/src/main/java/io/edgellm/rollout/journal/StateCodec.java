package io.edgellm.rollout.journal;

import static io.edgellm.rollout.journal.ValueCodec.object;
import static java.util.Map.entry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.DeviceState.Activating;
import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Downloading;
import io.edgellm.rollout.device.DeviceState.Idle;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.OnTrial;
import io.edgellm.rollout.device.DeviceState.Preparing;
import io.edgellm.rollout.device.DeviceState.Ready;
import io.edgellm.rollout.device.DeviceState.Rejected;
import io.edgellm.rollout.device.DeviceState.RolledBack;
import io.edgellm.rollout.device.DeviceState.RollingBack;
import io.edgellm.rollout.device.DeviceState.SafeMode;
import io.edgellm.rollout.device.DeviceState.Staged;
import io.edgellm.rollout.device.DeviceState.Verified;
import io.edgellm.rollout.device.Ledger;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * States as JSON, for the first record of a journal that was begun anew. Tags are part of the
 * format on the disk and stay what they are, whatever the records are called.
 */
final class StateCodec {
  private static final Map<Class<? extends DeviceState>, String> TAGS =
      Map.ofEntries(
          entry(Idle.class, "Idle"),
          entry(Downloading.class, "Downloading"),
          entry(Staged.class, "Staged"),
          entry(Verified.class, "Verified"),
          entry(Ready.class, "Ready"),
          entry(Activating.class, "Activating"),
          entry(Observing.class, "Observing"),
          entry(Committed.class, "Committed"),
          entry(Rejected.class, "Rejected"),
          entry(RollingBack.class, "RollingBack"),
          entry(RolledBack.class, "RolledBack"),
          entry(SafeMode.class, "SafeMode"));

  private StateCodec() {}

  /** Returns the word that stands for a kind of state in the journal. */
  static String tag(DeviceState state) {
    return Objects.requireNonNull(TAGS.get(state.getClass()), "a state without a tag");
  }

  static ObjectNode write(DeviceState state) {
    ObjectNode node = object().put("type", tag(state));
    node.set("ledger", ValueCodec.write(state.ledger()));
    if (state instanceof Preparing s) {
      node.set("candidate", ValueCodec.write(s.candidate()));
    }
    if (state instanceof Verified s) {
      node.put("smokeRuns", s.smokeRuns()).put("stoppedCleanly", s.stoppedCleanly());
    } else if (state instanceof OnTrial s) {
      node.set("trial", ValueCodec.write(s.trial()));
    } else if (state instanceof Committed s) {
      node.put("deployment", s.deployment()).put("observed", s.observed().toString());
      node.set("evidence", ValueCodec.write(s.evidence()));
    } else if (state instanceof Rejected s) {
      node.set("release", ValueCodec.write(s.release()));
      node.set("cause", ValueCodec.write(s.cause()));
    } else if (state instanceof RolledBack s) {
      node.set("release", ValueCodec.write(s.release()));
      node.set("cause", ValueCodec.write(s.cause()));
    } else if (state instanceof SafeMode s) {
      node.set("release", ValueCodec.write(s.release()));
      node.set("cause", ValueCodec.write(s.cause()));
    } else if (state instanceof RollingBack s) {
      writeRollingBack(s, node);
    }
    return node;
  }

  private static void writeRollingBack(RollingBack state, ObjectNode node) {
    node.put("storeTurned", state.storeTurned());
    node.set("from", ValueCodec.write(state.from()));
    node.set("cause", ValueCodec.write(state.cause()));
    if (state.to() != null) {
      node.set("to", ValueCodec.write(state.to()));
    }
    if (state.next() != null) {
      node.set("next", ValueCodec.write(state.next()));
    }
  }

  static DeviceState read(JsonFields f) throws JsonFault {
    String type = f.text("type");
    Ledger ledger = ValueCodec.ledger(f.object("ledger"));
    DeviceState state =
        switch (type) {
          case "Idle" -> new Idle(ledger);
          case "Downloading" ->
              new Downloading(ledger, ValueCodec.deployment(f.object("candidate")));
          case "Staged" -> new Staged(ledger, ValueCodec.deployment(f.object("candidate")));
          case "Verified" ->
              new Verified(
                  ledger,
                  ValueCodec.deployment(f.object("candidate")),
                  Math.toIntExact(f.integer("smokeRuns")),
                  f.bool("stoppedCleanly"));
          case "Ready" -> new Ready(ledger, ValueCodec.deployment(f.object("candidate")));
          case "Activating" -> new Activating(ledger, ValueCodec.trial(f.object("trial")));
          case "Observing" -> new Observing(ledger, ValueCodec.trial(f.object("trial")));
          case "Committed" ->
              new Committed(
                  ledger,
                  f.text("deployment"),
                  ValueCodec.evidence(f.object("evidence")),
                  Duration.parse(f.text("observed")));
          case "Rejected" ->
              new Rejected(
                  ledger,
                  ValueCodec.release(f.object("release")),
                  ValueCodec.cause(f.object("cause")));
          case "RollingBack" -> readRollingBack(ledger, f);
          case "RolledBack" ->
              new RolledBack(
                  ledger,
                  ValueCodec.release(f.object("release")),
                  ValueCodec.cause(f.object("cause")));
          case "SafeMode" ->
              new SafeMode(
                  ledger,
                  ValueCodec.release(f.object("release")),
                  ValueCodec.cause(f.object("cause")));
          default -> throw new IllegalArgumentException("no state is called " + type);
        };
    f.end();
    return state;
  }

  private static RollingBack readRollingBack(Ledger ledger, JsonFields f) throws JsonFault {
    JsonFields next = f.objectOrNull("next");
    return new RollingBack(
        ledger,
        ValueCodec.release(f.object("from")),
        ValueCodec.releaseOrNull(f, "to"),
        ValueCodec.cause(f.object("cause")),
        f.bool("storeTurned"),
        next == null ? null : ValueCodec.deployment(next));
  }
}
