package io.edgellm.rollout.journal;

import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceEvent.Booted;
import io.edgellm.rollout.device.DeviceEvent.GatesPassed;
import io.edgellm.rollout.device.DeviceEvent.Harmed;
import io.edgellm.rollout.device.DeviceEvent.Observed;
import io.edgellm.rollout.device.DeviceEvent.Offered;
import io.edgellm.rollout.device.DeviceEvent.Refused;
import io.edgellm.rollout.device.DeviceEvent.StartFailed;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.Evidence;
import java.util.ArrayList;
import java.util.List;

/** A journal for people. */
final class AuditText {
  private AuditText() {}

  static List<String> lines(JournalScan scan) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < scan.records().size(); i++) {
      lines.add(line(scan.records().get(i), scan.states().get(i)));
    }
    return lines;
  }

  private static String line(JournalRecord record, DeviceState state) {
    DeviceEvent event = record.event();
    return "#%d %s epoch %d %s -> %s [%s]"
        .formatted(
            record.sequence(),
            event == null ? "-" : event.at().wall(),
            record.epoch(),
            event == null ? "begun anew" : text(event),
            state.label(),
            record.digest().hex().substring(0, 12));
  }

  private static String text(DeviceEvent event) {
    String name = EventCodec.tag(event);
    if (event instanceof Offered e) {
      return name + " " + e.offer().release().title() + " as " + e.offer().deployment();
    }
    if (event instanceof Refused e) {
      return name + " " + e.cause();
    }
    if (event instanceof StartFailed e) {
      return name + " " + e.cause();
    }
    if (event instanceof Harmed e) {
      return name + " " + e.cause();
    }
    if (event instanceof Observed e) {
      return name + " " + text(e.counted());
    }
    if (event instanceof GatesPassed e) {
      return name + " " + text(e.counted());
    }
    if (event instanceof Booted e) {
      return name
          + (e.store().current() == null
              ? " without a model"
              : " with " + e.store().current().title() + (e.store().onTrial() ? " on trial" : ""));
    }
    return name;
  }

  private static String text(Evidence evidence) {
    return "%d requests, %d errors, %d of %d slow"
        .formatted(evidence.requests(), evidence.errors(), evidence.slow(), evidence.timed());
  }
}
