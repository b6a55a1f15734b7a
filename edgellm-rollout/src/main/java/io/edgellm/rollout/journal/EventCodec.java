package io.edgellm.rollout.journal;

import static io.edgellm.rollout.journal.ValueCodec.object;
import static java.util.Map.entry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceEvent.ActivationAllowed;
import io.edgellm.rollout.device.DeviceEvent.Booted;
import io.edgellm.rollout.device.DeviceEvent.Delivered;
import io.edgellm.rollout.device.DeviceEvent.GatesPassed;
import io.edgellm.rollout.device.DeviceEvent.Harmed;
import io.edgellm.rollout.device.DeviceEvent.Observed;
import io.edgellm.rollout.device.DeviceEvent.Offered;
import io.edgellm.rollout.device.DeviceEvent.Refused;
import io.edgellm.rollout.device.DeviceEvent.Restored;
import io.edgellm.rollout.device.DeviceEvent.Serving;
import io.edgellm.rollout.device.DeviceEvent.SmokePassed;
import io.edgellm.rollout.device.DeviceEvent.StartFailed;
import io.edgellm.rollout.device.DeviceEvent.Stopped;
import io.edgellm.rollout.device.DeviceEvent.StoreView;
import io.edgellm.rollout.device.DeviceEvent.Switched;
import io.edgellm.rollout.device.DeviceEvent.Undone;
import io.edgellm.rollout.device.DeviceEvent.VerificationPassed;
import io.edgellm.rollout.device.DeviceEvent.Withdrawn;
import io.edgellm.rollout.device.Moment;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Events as JSON: a tag as {@code type}, and the fields of the record. Tags are part of the format
 * on the disk and stay what they are, whatever the records are called.
 */
final class EventCodec {
  private static final Map<Class<? extends DeviceEvent>, String> TAGS =
      Map.ofEntries(
          entry(Offered.class, "Offered"),
          entry(Withdrawn.class, "Withdrawn"),
          entry(Undone.class, "Undone"),
          entry(ActivationAllowed.class, "ActivationAllowed"),
          entry(Delivered.class, "Delivered"),
          entry(VerificationPassed.class, "VerificationPassed"),
          entry(SmokePassed.class, "SmokePassed"),
          entry(Refused.class, "Refused"),
          entry(Switched.class, "Switched"),
          entry(Restored.class, "Restored"),
          entry(Serving.class, "Serving"),
          entry(StartFailed.class, "StartFailed"),
          entry(Observed.class, "Observed"),
          entry(GatesPassed.class, "GatesPassed"),
          entry(Harmed.class, "Harmed"),
          entry(Booted.class, "Booted"),
          entry(Stopped.class, "Stopped"));

  private EventCodec() {}

  /** Returns the word that stands for a kind of event in the journal. */
  static String tag(DeviceEvent event) {
    return Objects.requireNonNull(TAGS.get(event.getClass()), "an event without a tag");
  }

  static ObjectNode write(DeviceEvent event) {
    ObjectNode node = object().put("type", tag(event));
    node.set("at", ValueCodec.write(event.at()));
    if (event instanceof DeviceEvent.Step step) {
      node.put("epoch", step.epoch());
    }
    if (event instanceof DeviceEvent.Turn turn && turn.digest() != null) {
      node.put("digest", turn.digest().hex());
    }
    writeDetails(event, node);
    return node;
  }

  private static void writeDetails(DeviceEvent event, ObjectNode node) {
    if (event instanceof Offered e) {
      node.set("offer", ValueCodec.write(e.offer()));
      node.set("rules", ValueCodec.write(e.rules()));
    } else if (event instanceof Withdrawn e) {
      node.put("epoch", e.epoch());
    } else if (event instanceof ActivationAllowed e) {
      node.put("digest", e.digest().hex());
      node.set("baseline", ValueCodec.write(e.baseline()));
    } else if (event instanceof Refused e) {
      node.set("cause", ValueCodec.write(e.cause()));
    } else if (event instanceof StartFailed e) {
      node.set("cause", ValueCodec.write(e.cause()));
    } else if (event instanceof Harmed e) {
      node.set("cause", ValueCodec.write(e.cause()));
    } else if (event instanceof Observed e) {
      node.set("counted", ValueCodec.write(e.counted()));
    } else if (event instanceof GatesPassed e) {
      node.set("counted", ValueCodec.write(e.counted()));
    } else if (event instanceof Booted e) {
      node.put("onTrial", e.store().onTrial());
      if (e.store().current() != null) {
        node.set("current", ValueCodec.write(e.store().current()));
      }
    }
  }

  static DeviceEvent read(JsonFields f) throws JsonFault {
    String type = f.text("type");
    Moment at = ValueCodec.moment(f.object("at"));
    DeviceEvent event =
        switch (type) {
          case "Offered" ->
              new Offered(
                  ValueCodec.offer(f.object("offer")), ValueCodec.rules(f.object("rules")), at);
          case "Withdrawn" -> new Withdrawn(f.integer("epoch"), at);
          case "Undone" -> new Undone(at);
          case "ActivationAllowed" ->
              new ActivationAllowed(
                  new Sha256(f.text("digest")), ValueCodec.baseline(f.object("baseline")), at);
          case "Delivered" -> new Delivered(f.integer("epoch"), at);
          case "VerificationPassed" -> new VerificationPassed(f.integer("epoch"), at);
          case "SmokePassed" -> new SmokePassed(f.integer("epoch"), at);
          case "Refused" ->
              new Refused(f.integer("epoch"), ValueCodec.cause(f.object("cause")), at);
          case "Switched" -> new Switched(new Sha256(f.text("digest")), at);
          case "Restored" -> new Restored(digestOrNull(f), at);
          case "Serving" -> new Serving(new Sha256(f.text("digest")), at);
          case "StartFailed" ->
              new StartFailed(digestOrNull(f), ValueCodec.cause(f.object("cause")), at);
          case "Observed" -> new Observed(ValueCodec.evidence(f.object("counted")), at);
          case "GatesPassed" -> new GatesPassed(ValueCodec.evidence(f.object("counted")), at);
          case "Harmed" -> new Harmed(ValueCodec.cause(f.object("cause")), at);
          case "Booted" ->
              new Booted(
                  new StoreView(ValueCodec.releaseOrNull(f, "current"), f.bool("onTrial")), at);
          case "Stopped" -> new Stopped(at);
          default -> throw new IllegalArgumentException("no event is called " + type);
        };
    f.end();
    return event;
  }

  private static @Nullable Sha256 digestOrNull(JsonFields f) throws JsonFault {
    String digest = f.textOrNull("digest");
    return digest == null ? null : new Sha256(digest);
  }
}
