package io.edgellm.rollout.device;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a device is on the way from one committed release to the next.
 *
 * <p>A device begins {@link Idle}: its committed release serves, or nothing does. An offer makes it
 * {@link Downloading}; when all files are in the store it is {@link Staged}, when signature, signer
 * and files are what the device trusts {@link Verified}, and when the candidate has loaded and
 * answered its golden prompts beside the one that serves, {@link Ready}. Whatever goes wrong until
 * then is {@link Rejected}, and nobody noticed.
 *
 * <p>{@link Activating} makes the candidate current in the store, charges a try and starts it. From
 * its first request on it is {@link Observing}: it serves, the release before it stays on the disk,
 * and the gates watch. Enough good evidence makes it {@link Committed}. Harm, a crash loop, too
 * many starts or too little evidence make the device {@link RollingBack}: the store is turned back
 * first and durably, then the last known good release serves and the device is {@link RolledBack}.
 * If even that one does not load, the device is in {@link SafeMode}: it answers that nothing is
 * available, and waits for the next start, a newer offer or a person.
 *
 * <p>A newer offer is taken from every state: before the activation it takes the candidate's place,
 * afterwards the candidate is rolled back first. A user who asks for the previous model gets it
 * from every state that has one.
 */
public sealed interface DeviceState {

  /** Returns what outlives the deployment. */
  Ledger ledger();

  /** Returns the candidate whose deployment is under way; empty where none is. */
  default Optional<Deployment> underWay() {
    return Optional.empty();
  }

  /** Returns the state's name, for people. */
  default String label() {
    return getClass().getSimpleName();
  }

  /** No deployment has been decided yet. */
  record Idle(Ledger ledger) implements DeviceState {}

  /**
   * The candidate's files are on their way into the store.
   *
   * @param ledger what outlives the deployment
   * @param candidate what is brought
   */
  record Downloading(Ledger ledger, Deployment candidate) implements Preparing {}

  /**
   * The candidate is in the store; nothing is believed of it yet.
   *
   * @param ledger what outlives the deployment
   * @param candidate what is staged
   */
  record Staged(Ledger ledger, Deployment candidate) implements Preparing {}

  /**
   * The candidate is what it says; its smoke test runs. A candidate can end the process while it
   * loads, so the runs are counted like starts.
   *
   * @param ledger what outlives the deployment
   * @param candidate what is tested
   * @param smokeRuns how often its smoke test was begun
   * @param stoppedCleanly whether the last one was ended by a clean stop, which does not count
   */
  record Verified(Ledger ledger, Deployment candidate, int smokeRuns, boolean stoppedCleanly)
      implements Preparing {}

  /**
   * The candidate works, and waits, dark, for the moment at which it may take over.
   *
   * @param ledger what outlives the deployment
   * @param candidate what waits
   */
  record Ready(Ledger ledger, Deployment candidate) implements Preparing {}

  /**
   * The candidate takes over: as long as {@link Trial#starts()} is 0 the store is being turned to
   * it, afterwards it is being started.
   *
   * @param ledger what outlives the deployment
   * @param trial the candidate's trial
   */
  record Activating(Ledger ledger, Trial trial) implements OnTrial {}

  /**
   * The candidate serves and is watched.
   *
   * @param ledger what outlives the deployment
   * @param trial the candidate's trial
   */
  record Observing(Ledger ledger, Trial trial) implements OnTrial {}

  /**
   * The candidate is proven: it is the last known good release now.
   *
   * @param ledger what outlives the deployment
   * @param deployment the name of the deployment that brought it
   * @param evidence what was counted
   * @param observed how long it was in service before
   */
  record Committed(Ledger ledger, String deployment, Evidence evidence, Duration observed)
      implements DeviceState {}

  /**
   * The candidate was refused before it served anybody.
   *
   * @param ledger what outlives the deployment
   * @param release what was refused
   * @param cause why
   */
  record Rejected(Ledger ledger, Release release, Cause cause) implements DeviceState {}

  /**
   * The device goes back to a release that it knows.
   *
   * @param ledger what outlives the deployment
   * @param from what is given up
   * @param to what is restored, or null if the device had nothing before
   * @param cause why
   * @param storeTurned whether the store is turned back, durably
   * @param next the newer offer that waits for the end of it, or null
   */
  record RollingBack(
      Ledger ledger,
      Release from,
      @Nullable Release to,
      Cause cause,
      boolean storeTurned,
      @Nullable Deployment next)
      implements DeviceState {}

  /**
   * The device is back where it was.
   *
   * @param ledger what outlives the deployment
   * @param release what was given up
   * @param cause why
   */
  record RolledBack(Ledger ledger, Release release, Cause cause) implements DeviceState {}

  /**
   * Nothing that the device has can serve.
   *
   * @param ledger what outlives the deployment
   * @param release what was given up before
   * @param cause why
   */
  record SafeMode(Ledger ledger, Release release, Cause cause) implements DeviceState {}

  /** A candidate that has served nobody yet. */
  sealed interface Preparing extends DeviceState {
    /** Returns the candidate and its rules. */
    Deployment candidate();

    @Override
    default Optional<Deployment> underWay() {
      return Optional.of(candidate());
    }
  }

  /** A candidate that is, or is about to be, current. */
  sealed interface OnTrial extends DeviceState {
    /** Returns the candidate's trial. */
    Trial trial();

    @Override
    default Optional<Deployment> underWay() {
      return Optional.of(trial().deployment());
    }
  }
}
