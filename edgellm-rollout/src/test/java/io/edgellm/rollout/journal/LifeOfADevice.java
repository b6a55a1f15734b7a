package io.edgellm.rollout.journal;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.Baseline;
import io.edgellm.rollout.device.Cause;
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
import io.edgellm.rollout.device.DeviceMachine;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.Evidence;
import io.edgellm.rollout.device.Ledger;
import io.edgellm.rollout.device.Moment;
import io.edgellm.rollout.device.Offer;
import io.edgellm.rollout.device.Reason;
import io.edgellm.rollout.device.Release;
import io.edgellm.rollout.device.TrialRules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A life with every kind of event, the same at every run. */
final class LifeOfADevice {
  private LifeOfADevice() {}

  private static final Release A = release("1.0.0");
  private static final Release B = release("2.0.0");
  static final TrialRules RULES =
      new TrialRules(
          3,
          new TrialRules.CrashLoop(3, Duration.ofMinutes(5)),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          10);

  static Release release(String version) {
    return new Release(
        new ModelId("assistant"),
        ModelVersion.parse(version),
        Sha256.of(version.getBytes(StandardCharsets.UTF_8)));
  }

  static Moment at(long seconds) {
    return new Moment(
        Instant.ofEpochSecond(1_700_000_000 + seconds), "b", Duration.ofSeconds(seconds));
  }

  /** A whole life: an update that is committed, one that is rolled back, and an undo. */
  static List<DeviceEvent> events() {
    Baseline baseline =
        new Baseline(new Baseline.Quality(40, 0.975, 1.0169), new Baseline.Latency(500, 0.125));
    List<DeviceEvent> events = new ArrayList<>();
    events.add(new Booted(new StoreView(A, false), at(1)));
    events.addAll(trial(B, 1, baseline, 10));
    events.add(new Observed(new Evidence(5, 0, 5, 1), at(50)));
    events.add(new GatesPassed(new Evidence(50, 1, 49, 2), at(120)));
    events.addAll(trial(release("3.0.0"), 2, Baseline.NONE, 200));
    events.add(new Stopped(at(220)));
    events.add(new Booted(new StoreView(release("3.0.0"), true), at(230)));
    events.add(new Serving(release("3.0.0").digest(), at(231)));
    events.add(new Harmed(new Cause(Reason.QUALITY, "0.36 exact, was \"0.97\""), at(240)));
    events.add(new Restored(B.digest(), at(241)));
    events.add(new Serving(B.digest(), at(242)));
    events.add(new Offered(new Offer("d3", 3, release("4.0.0")), RULES, at(250)));
    events.add(new Refused(3, new Cause(Reason.DELIVERY_FAILED, "no network"), at(251)));
    events.add(new Undone(at(260)));
    events.add(new StartFailed(A.digest(), new Cause(Reason.LOAD_FAILURE, "truncated"), at(261)));
    events.add(new Withdrawn(9, at(270)));
    return events;
  }

  private static List<DeviceEvent> trial(
      Release release, long epoch, Baseline baseline, long second) {
    return List.of(
        new Offered(new Offer("d" + epoch, epoch, release), RULES, at(second)),
        new Delivered(epoch, at(second + 1)),
        new VerificationPassed(epoch, at(second + 2)),
        new SmokePassed(epoch, at(second + 3)),
        new ActivationAllowed(release.digest(), baseline, at(second + 4)),
        new Switched(release.digest(), at(second + 5)),
        new Serving(release.digest(), at(second + 6)));
  }

  /** The state at the beginning, and after each event. */
  static List<DeviceState> states() {
    List<DeviceState> states = new ArrayList<>();
    DeviceState state = new DeviceState.Idle(Ledger.EMPTY);
    states.add(state);
    for (DeviceEvent event : events()) {
      state = DeviceMachine.decide(state, event).state();
      states.add(state);
    }
    return states;
  }
}
