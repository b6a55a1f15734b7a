package io.edgellm.rollout.device;

import io.edgellm.rollout.device.AbstractDevice.Disk;
import io.edgellm.rollout.device.DeviceEffect.ChargeTry;
import io.edgellm.rollout.device.DeviceEffect.Discard;
import io.edgellm.rollout.device.DeviceEffect.Fetch;
import io.edgellm.rollout.device.DeviceEffect.MarkHealthy;
import io.edgellm.rollout.device.DeviceEffect.Restore;
import io.edgellm.rollout.device.DeviceEffect.Serve;
import io.edgellm.rollout.device.DeviceEffect.Smoke;
import io.edgellm.rollout.device.DeviceEffect.StopServing;
import io.edgellm.rollout.device.DeviceEffect.SwitchTo;
import io.edgellm.rollout.device.DeviceEffect.Unload;
import io.edgellm.rollout.device.DeviceEffect.Verify;
import io.edgellm.rollout.device.DeviceState.OnTrial;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an effect does to an {@link AbstractDevice} if it succeeds, and if it fails. */
final class EffectModel {
  private EffectModel() {}

  static AbstractDevice succeed(AbstractDevice d, DeviceEffect effect) {
    Disk disk = d.disk();
    Moment at = d.now();
    if (effect instanceof Fetch e) {
      return then(
          d.with(disk.install(e.offer().release())),
          new DeviceEvent.Delivered(e.offer().epoch(), at));
    }
    if (effect instanceof Verify e) {
      Release release = e.offer().release();
      Invariants.require(disk.holds(release), "I1", "verifies what is not installed");
      return then(
          d.with(disk.verify(release)), new DeviceEvent.VerificationPassed(e.offer().epoch(), at));
    }
    if (effect instanceof Smoke e) {
      return then(smoked(d, e.offer()), new DeviceEvent.SmokePassed(e.offer().epoch(), at));
    }
    if (effect instanceof SwitchTo e) {
      Invariants.requireActivatable(d, e.release());
      return then(
          d.with(disk.switched(e.release(), true)),
          new DeviceEvent.Switched(e.release().digest(), at));
    }
    if (effect instanceof ChargeTry e) {
      return d.with(disk.charge(e.start()));
    }
    if (effect instanceof Serve e) {
      return disk.holds(e.release())
          ? then(
              started(d, e.release()).serving(e.release()),
              new DeviceEvent.Serving(e.release().digest(), at))
          : fail(d, effect);
    }
    if (effect instanceof MarkHealthy e) {
      Invariants.require(
          e.release().equals(disk.current()), "I3", "marks healthy what is not current");
      return d.with(disk.healthy());
    }
    if (effect instanceof Restore e) {
      return then(
          d.with(disk.switched(e.release(), false)),
          new DeviceEvent.Restored(e.release() == null ? null : e.release().digest(), at));
    }
    if (effect instanceof StopServing) {
      return d.serving(null);
    }
    if (effect instanceof Unload e) {
      Invariants.require(!e.release().equals(d.serving()), "I1", "unloads what serves");
      return d;
    }
    return discarded(d, ((Discard) effect).release());
  }

  /** The device after a failure of the effect; the same device if the effect cannot fail. */
  static AbstractDevice fail(AbstractDevice d, DeviceEffect effect) {
    Moment at = d.now();
    if (effect instanceof Fetch e) {
      return refuse(d, e.offer(), Reason.DELIVERY_FAILED, at);
    }
    if (effect instanceof Verify e) {
      return refuse(d, e.offer(), Reason.VERIFICATION_FAILED, at);
    }
    if (effect instanceof Smoke e) {
      return refuse(smoked(d, e.offer()), e.offer(), Reason.SMOKE_FAILED, at);
    }
    if (effect instanceof SwitchTo e) {
      return failStart(d, e.release(), Reason.ACTIVATION_FAILED, at);
    }
    if (effect instanceof Serve e) {
      return failStart(started(d, e.release()), e.release(), Reason.LOAD_FAILURE, at);
    }
    if (effect instanceof Restore e) {
      return failStart(d, e.release(), Reason.ACTIVATION_FAILED, at);
    }
    return d;
  }

  private static AbstractDevice smoked(AbstractDevice d, Offer offer) {
    Invariants.require(d.disk().trusts(offer.release()), "I1", "loads what was not verified");
    return d.with(d.truth().smoked());
  }

  private static AbstractDevice started(AbstractDevice d, Release release) {
    Invariants.requireTrusted(d, release);
    if (!(d.state() instanceof OnTrial s) || !s.trial().release().equals(release)) {
      return d;
    }
    AbstractDevice after = d.with(d.truth().started());
    Invariants.require(
        after.disk().charged() >= after.truth().starts(), "I4", "starts without charging first");
    return after;
  }

  private static AbstractDevice discarded(AbstractDevice d, Release release) {
    Invariants.require(!release.equals(d.serving()), "I2", "discards what serves");
    Invariants.require(!release.equals(d.disk().current()), "I1", "discards what is current");
    return d.with(d.disk().discard(release));
  }

  private static AbstractDevice refuse(AbstractDevice d, Offer offer, Reason reason, Moment at) {
    return then(d, new DeviceEvent.Refused(offer.epoch(), new Cause(reason, "planted"), at));
  }

  private static AbstractDevice failStart(
      AbstractDevice d, @Nullable Release release, Reason reason, Moment at) {
    return then(
        d,
        new DeviceEvent.StartFailed(
            release == null ? null : release.digest(), new Cause(reason, "planted"), at));
  }

  private static AbstractDevice then(AbstractDevice d, DeviceEvent outcome) {
    List<DeviceEvent> outcomes = new ArrayList<>(d.outcomes());
    outcomes.add(outcome);
    return new AbstractDevice(
        d.state(),
        d.up(),
        d.todo(),
        List.copyOf(outcomes),
        d.disk(),
        d.serving(),
        d.boot(),
        d.uptimeSeconds(),
        d.truth());
  }
}
