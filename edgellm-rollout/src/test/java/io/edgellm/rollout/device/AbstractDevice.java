package io.edgellm.rollout.device;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.DeviceEvent.StoreView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device reduced to what matters for the order of things: what survives a power loss, what does
 * not, and beside both what really happened, which the machine under test cannot see.
 *
 * @param state what the journal folds to
 * @param up whether the process runs
 * @param todo effects that are decided and not performed yet; lost in a crash
 * @param outcomes outcomes that are not journaled yet; lost in a crash
 * @param disk the store
 * @param serving what answers requests; lost in a crash
 * @param boot changes with every start of the process
 * @param uptimeSeconds time since then
 * @param truth what really happened
 */
record AbstractDevice(
    DeviceState state,
    boolean up,
    List<DeviceEffect> todo,
    List<DeviceEvent> outcomes,
    Disk disk,
    @Nullable Release serving,
    boolean boot,
    int uptimeSeconds,
    Truth truth) {

  static final Release A = release("1.0.0");
  static final Release B = release("2.0.0");
  static final Release C = release("3.0.0");
  static final TrialRules RULES =
      new TrialRules(
          2,
          new TrialRules.CrashLoop(9, Duration.ofSeconds(1)),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          5);

  private static Release release(String version) {
    return new Release(
        new ModelId("assistant"),
        ModelVersion.parse(version),
        Sha256.of(version.getBytes(StandardCharsets.UTF_8)));
  }

  static Offer offer(long epoch, Release release) {
    return new Offer("d" + epoch, epoch, release);
  }

  static int bit(Release release) {
    return 1 << release.version().major();
  }

  /** A device that has run A for long. */
  static AbstractDevice used(int stops) {
    return off(new Disk(A, false, 0, bit(A), bit(A)), stops);
  }

  /** A device that has never run anything. */
  static AbstractDevice fresh(int stops) {
    return off(new Disk(null, false, 0, 0, 0), stops);
  }

  private static AbstractDevice off(Disk disk, int stops) {
    return new AbstractDevice(
        new DeviceState.Idle(Ledger.EMPTY),
        false,
        List.of(),
        List.of(),
        disk,
        null,
        false,
        0,
        new Truth(0, 0, stops, 0, 0, 0, new Epochs(0, 0, 0), new Epochs(0, 0, 0)));
  }

  /** Power is lost, or the process killed. */
  AbstractDevice crashed() {
    return new AbstractDevice(state, false, List.of(), List.of(), disk, null, boot, 0, truth);
  }

  Moment now() {
    return new Moment(Instant.EPOCH, boot ? "even" : "odd", Duration.ofSeconds(uptimeSeconds));
  }

  StoreView storeView() {
    return new StoreView(disk.current, disk.onTrial);
  }

  AbstractDevice with(Disk newDisk) {
    return new AbstractDevice(
        state, up, todo, outcomes, newDisk, serving, boot, uptimeSeconds, truth);
  }

  AbstractDevice with(Truth newTruth) {
    return new AbstractDevice(
        state, up, todo, outcomes, disk, serving, boot, uptimeSeconds, newTruth);
  }

  AbstractDevice serving(@Nullable Release release) {
    return new AbstractDevice(state, up, todo, outcomes, disk, release, boot, uptimeSeconds, truth);
  }

  /**
   * What the store holds durably.
   *
   * @param current its current version
   * @param onTrial whether that is unproven
   * @param charged starts that were written down for it
   * @param installed a set of {@link #bit}s
   * @param verified a set of {@link #bit}s
   */
  record Disk(
      @Nullable Release current, boolean onTrial, int charged, int installed, int verified) {
    boolean holds(Release release) {
      return (installed & bit(release)) != 0;
    }

    boolean trusts(Release release) {
      return (verified & bit(release)) != 0;
    }

    Disk switched(@Nullable Release release, boolean trial) {
      boolean same = release != null && release.equals(current) && onTrial == trial;
      return same ? this : new Disk(release, trial, 0, installed, verified);
    }

    Disk charge(int start) {
      return new Disk(current, onTrial, Math.max(charged, start), installed, verified);
    }

    Disk install(Release release) {
      return new Disk(current, onTrial, charged, installed | bit(release), verified);
    }

    Disk verify(Release release) {
      return new Disk(current, onTrial, charged, installed, verified | bit(release));
    }

    Disk healthy() {
      return new Disk(current, false, charged, installed, verified);
    }

    Disk discard(Release release) {
      return new Disk(
          current, onTrial, charged, installed & ~bit(release), verified & ~bit(release));
    }
  }

  /**
   * What really happened.
   *
   * @param starts starts of the candidate on trial, less those that ended by a clean stop
   * @param smokes smoke tests of the candidate, likewise
   * @param stopsLeft clean stops that may still come, so that the search ends
   * @param observed seconds that the candidate was watched
   * @param requests requests that it finished
   * @param newestEpoch the newest epoch that was sent
   * @param approved the newest epoch at which each release was offered
   * @param harmed the epoch at which each release was found harmful
   */
  record Truth(
      int starts,
      int smokes,
      int stopsLeft,
      int observed,
      int requests,
      long newestEpoch,
      Epochs approved,
      Epochs harmed) {
    Truth sent(Offer offer) {
      Epochs offered =
          offer.epoch() > approved.of(offer.release())
              ? approved.with(offer.release(), offer.epoch())
              : approved;
      return new Truth(
          starts,
          smokes,
          stopsLeft,
          observed,
          requests,
          Math.max(newestEpoch, offer.epoch()),
          offered,
          harmed);
    }

    Truth sent(long epoch) {
      return new Truth(
          starts,
          smokes,
          stopsLeft,
          observed,
          requests,
          Math.max(newestEpoch, epoch),
          approved,
          harmed);
    }

    Truth started() {
      return new Truth(
          starts + 1, smokes, stopsLeft, observed, requests, newestEpoch, approved, harmed);
    }

    Truth smoked() {
      return new Truth(
          starts, smokes + 1, stopsLeft, observed, requests, newestEpoch, approved, harmed);
    }

    /** A clean stop gives back the start, or the smoke test, that it ended. */
    Truth stopped(boolean onTrial, boolean inSmoke) {
      return new Truth(
          onTrial ? Math.max(0, starts - 1) : starts,
          inSmoke ? Math.max(0, smokes - 1) : smokes,
          stopsLeft - 1,
          observed,
          requests,
          newestEpoch,
          approved,
          harmed);
    }

    Truth watched(int moreRequests) {
      return new Truth(
          starts,
          smokes,
          stopsLeft,
          observed + 1,
          requests + moreRequests,
          newestEpoch,
          approved,
          harmed);
    }

    Truth newTrial() {
      return new Truth(0, smokes, stopsLeft, 0, 0, newestEpoch, approved, harmed);
    }

    Truth newSmoke() {
      return new Truth(starts, 0, stopsLeft, observed, requests, newestEpoch, approved, harmed);
    }

    Truth harmedBy(Release release) {
      return new Truth(
          starts,
          smokes,
          stopsLeft,
          observed,
          requests,
          newestEpoch,
          approved,
          harmed.with(release, newestEpoch));
    }
  }

  /** One epoch for each of the three releases. */
  record Epochs(long a, long b, long c) {
    long of(Release release) {
      return release.equals(A) ? a : release.equals(B) ? b : c;
    }

    Epochs with(Release release, long epoch) {
      return new Epochs(
          release.equals(A) ? epoch : a,
          release.equals(B) ? epoch : b,
          release.equals(C) ? epoch : c);
    }
  }
}
