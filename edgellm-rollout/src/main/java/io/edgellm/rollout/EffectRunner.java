package io.edgellm.rollout;

import io.edgellm.llm.GoldenReport;
import io.edgellm.llm.GoldenRun;
import io.edgellm.llm.LoadedModel;
import io.edgellm.model.Compatibility;
import io.edgellm.model.DeviceProfile;
import io.edgellm.model.EdgeLlmException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.Cause;
import io.edgellm.rollout.device.DeviceEffect;
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
import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.Offer;
import io.edgellm.rollout.device.Reason;
import io.edgellm.rollout.device.Release;
import io.edgellm.store.ModelState;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoredModel;
import io.edgellm.trust.VerifiedModel;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs effects with the real store and the real runtime. Failures that belong to a candidate
 * come back as events; each effect may be performed again.
 */
final class EffectRunner {
  private static final Logger LOG = LoggerFactory.getLogger(EffectRunner.class);

  private final ModelId line;
  private final ModelStore store;
  private final ResidentModels models;
  private final Delivery delivery;
  private final DevicePolicy policy;
  private final DeviceClock clock;
  private final @Nullable DeviceProfile profile;

  EffectRunner(
      ModelId line,
      ModelStore store,
      ResidentModels models,
      Delivery delivery,
      DevicePolicy policy,
      DeviceClock clock,
      @Nullable DeviceProfile profile) {
    this.line = line;
    this.store = store;
    this.models = models;
    this.delivery = delivery;
    this.policy = policy;
    this.clock = clock;
    this.profile = profile;
  }

  /** Performs one effect and returns what came of it, if the machine waits for that. */
  Optional<DeviceEvent> perform(DeviceEffect effect) throws InterruptedException {
    if (effect instanceof Fetch e) {
      return Optional.of(fetch(e.offer()));
    }
    if (effect instanceof Verify e) {
      return Optional.of(verify(e.offer()));
    }
    if (effect instanceof Smoke e) {
      return Optional.of(smoke(e.offer()));
    }
    if (effect instanceof SwitchTo e) {
      return Optional.of(switchTo(e.release()));
    }
    if (effect instanceof ChargeTry e) {
      return chargeTry(e.release(), e.start());
    }
    if (effect instanceof Serve e) {
      return Optional.of(serve(e.release()));
    }
    if (effect instanceof Restore e) {
      return Optional.of(restore(e.release()));
    }
    tidy(effect);
    return Optional.empty();
  }

  private DeviceEvent fetch(Offer offer) throws InterruptedException {
    try {
      StoredModel stored = delivery.deliver(offer);
      if (!Release.of(stored.manifest()).is(offer.release())) {
        return refused(
            offer,
            Reason.DELIVERY_FAILED,
            "What was delivered is not " + offer.release().title() + " as it was offered.");
      }
      store.pin(stored.model(), stored.version());
      return new DeviceEvent.Delivered(offer.epoch(), clock.now());
    } catch (RuntimeException | VirtualMachineError | LinkageError e) {
      return refused(offer, reason(e, Reason.DELIVERY_FAILED), message(e));
    }
  }

  private DeviceEvent verify(Offer offer) {
    try {
      VerifiedModel model = models.verified(offer.release());
      models.requireCurrent(offer.release());
      if (profile != null) {
        Compatibility fit = Compatibility.explain(model.manifest(), profile);
        if (!fit.fits()) {
          return refused(offer, Reason.INCOMPATIBLE, String.join(" ", fit.reasons()));
        }
      }
      return new DeviceEvent.VerificationPassed(offer.epoch(), clock.now());
    } catch (RuntimeException e) {
      return refused(offer, Reason.VERIFICATION_FAILED, message(e));
    }
  }

  private DeviceEvent smoke(Offer offer) throws InterruptedException {
    try {
      VerifiedModel verified = models.verified(offer.release());
      LoadedModel model = models.loaded(offer.release());
      Optional<GoldenRun> golden = GoldenProbe.of(verified);
      GoldenReport report =
          GoldenProbe.measure(
              golden.orElseGet(GoldenProbe::anyQuestion), policy.smoke().prompts(), model);
      return golden.isEmpty()
          ? new DeviceEvent.SmokePassed(offer.epoch(), clock.now())
          : judge(offer, report, verified.manifest().quality());
    } catch (RuntimeException | VirtualMachineError | LinkageError e) {
      return refused(offer, reason(e, Reason.SMOKE_FAILED), message(e));
    }
  }

  private DeviceEvent judge(
      Offer offer, GoldenReport report, ReleaseManifest.@Nullable Quality reference) {
    double floor =
        reference == null ? 0 : reference.exactMatch() - policy.smoke().maxExactMatchDrop();
    if (report.completed() == report.prompts() && report.exactMatch() >= floor - 1e-9) {
      return new DeviceEvent.SmokePassed(offer.epoch(), clock.now());
    }
    String figures =
        String.format(
            Locale.ROOT,
            "Of %d golden prompts %d were answered to the end and %d exactly; at least %.1f %% must"
                + " be exact.",
            report.prompts(),
            report.completed(),
            report.exact(),
            100 * Math.max(0, floor));
    return refused(offer, Reason.SMOKE_FAILED, figures);
  }

  private DeviceEvent refused(Offer offer, Reason reason, String detail) {
    return new DeviceEvent.Refused(offer.epoch(), new Cause(reason, detail), clock.now());
  }

  private DeviceEvent switchTo(Release release) {
    try {
      store.activate(models.verified(release));
      return new DeviceEvent.Switched(release.digest(), clock.now());
    } catch (RuntimeException e) {
      return startFailed(release, Reason.ACTIVATION_FAILED, e);
    }
  }

  /** The number of the start makes this repeatable: the store's own count only catches up. */
  private Optional<DeviceEvent> chargeTry(Release release, int start) {
    try {
      if (store.state(release.model()).attempts() < start) {
        store.chargeAttempt(release.model());
      }
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(startFailed(release, Reason.ACTIVATION_FAILED, e));
    }
  }

  private DeviceEvent serve(Release release) {
    try {
      models.serve(release);
      return new DeviceEvent.Serving(release.digest(), clock.now());
    } catch (RuntimeException | VirtualMachineError | LinkageError e) {
      return startFailed(release, reason(e, Reason.LOAD_FAILURE), e);
    }
  }

  private DeviceEvent restore(@Nullable Release release) {
    try {
      if (release == null) {
        store.deactivate(line);
      } else {
        makeCurrent(release);
      }
      return new DeviceEvent.Restored(release == null ? null : release.digest(), clock.now());
    } catch (RuntimeException e) {
      return startFailed(release, Reason.ACTIVATION_FAILED, e);
    }
  }

  private void makeCurrent(Release release) {
    ModelState state = store.state(release.model());
    if (release.version().equals(state.current())) {
      return;
    }
    if (release.version().equals(state.previous())) {
      store.rollBack(release.model());
    } else {
      store.activate(models.verified(release));
      store.markHealthy(release.model(), release.version());
    }
  }

  private DeviceEvent startFailed(@Nullable Release release, Reason reason, Throwable e) {
    @Nullable Sha256 digest = release == null ? null : release.digest();
    return new DeviceEvent.StartFailed(digest, new Cause(reason, message(e)), clock.now());
  }

  /** Nothing waits for these, and the next start repeats what matters of them. */
  private void tidy(DeviceEffect effect) {
    try {
      if (effect instanceof MarkHealthy e) {
        store.markHealthy(e.release().model(), e.release().version());
      } else if (effect instanceof StopServing) {
        models.stopServing();
      } else if (effect instanceof Unload e) {
        models.unload(e.release());
      } else if (effect instanceof Discard e) {
        models.unload(e.release());
        store.unpin(e.release().model(), e.release().version());
      }
    } catch (RuntimeException e) {
      LOG.debug("{} has to wait for the next start", effect, e);
    }
  }

  /**
   * A delivery, an engine or a graph may throw anything, also what the virtual machine throws when
   * memory, stack or a native library is missing: a start must not fail for ever because of it.
   */
  static String message(Throwable e) {
    return e instanceof EdgeLlmException ? String.valueOf(e.getMessage()) : e.toString();
  }

  private static Reason reason(Throwable e, Reason otherwise) {
    return e instanceof OutOfMemoryError ? Reason.RESOURCES : otherwise;
  }
}
