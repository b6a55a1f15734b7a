package io.edgellm.rollout.device;

import io.edgellm.rollout.device.DeviceEffect.Discard;
import io.edgellm.rollout.device.DeviceEffect.Fetch;
import io.edgellm.rollout.device.DeviceEffect.Restore;
import io.edgellm.rollout.device.DeviceEffect.StopServing;
import io.edgellm.rollout.device.DeviceState.Downloading;
import io.edgellm.rollout.device.DeviceState.RolledBack;
import io.edgellm.rollout.device.DeviceState.RollingBack;
import io.edgellm.rollout.device.DeviceState.SafeMode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The way back: turn the store, serve what is known, forget what did harm. */
final class Rollback {
  private static final Set<Reason> NO_HARM =
      EnumSet.of(Reason.SUPERSEDED, Reason.INCONSISTENT, Reason.LEFT_SAFE_MODE);

  private Rollback() {}

  static Decision ofTrial(Ledger ledger, Trial trial, Cause cause, @Nullable Deployment next) {
    return begin(ledger, trial.release(), ledger.committed(), cause, next);
  }

  /** Goes back from the committed release to the one before it, or to nothing but safe mode. */
  static Decision ofCommitted(Ledger ledger, Cause cause) {
    Release committed = Objects.requireNonNull(ledger.committed());
    return ledger
        .undoTarget()
        .map(previous -> begin(ledger, committed, previous, cause, null))
        .orElseGet(() -> Decision.of(new SafeMode(ledger, committed, cause), new StopServing()));
  }

  /** Whatever made the last known good release fail may be over. */
  static Decision leaveSafeMode(Ledger ledger, SafeMode state, @Nullable Deployment next) {
    Cause cause = new Cause(Reason.LEFT_SAFE_MODE, "It was entered for " + state.cause());
    return begin(ledger, state.release(), ledger.committed(), cause, next);
  }

  static Decision begin(
      Ledger ledger, Release from, @Nullable Release to, Cause cause, @Nullable Deployment next) {
    RollingBack state = new RollingBack(ledger, from, to, cause, false, next);
    return to == null
        ? Decision.of(state, new StopServing(), new Restore(null))
        : Decision.of(state, new Restore(to));
  }

  /** The release that was gone back to serves, or there was none to go back to. */
  static Decision finish(RollingBack state) {
    Ledger ledger = verdictOn(state).returnTo(state.to());
    Deployment next = state.next();
    // An approval that crossed with the harm was given without knowing of it.
    return next == null || ledger.isPoisoned(next.offer())
        ? discarding(new RolledBack(ledger, state.from(), state.cause()), state.from())
        : proceed(state, ledger, next);
  }

  private static Decision proceed(RollingBack state, Ledger ledger, Deployment next) {
    Downloading downloading = new Downloading(ledger, next);
    Fetch fetch = new Fetch(next.offer());
    return state.from().is(next.release())
        ? Decision.of(downloading, fetch)
        : discarding(downloading, state.from(), fetch);
  }

  /**
   * The release that was to be gone back to does not work either. If the one that was given up had
   * been committed, it still is the better one; a newer offer is a way out, provided that the store
   * works; else there is none.
   */
  static Decision fail(RollingBack state, Cause cause) {
    Release committed = state.ledger().committed();
    if (committed != null && committed.is(state.from()) && !committed.is(target(state))) {
      return begin(state.ledger(), target(state), committed, cause, state.next());
    }
    Ledger ledger = verdictOn(state);
    Deployment next = state.next();
    return next == null || !state.storeTurned() || ledger.isPoisoned(next.offer())
        ? Decision.of(new SafeMode(ledger, state.from(), cause), new StopServing())
        : Decision.of(new Downloading(ledger, next), new StopServing(), new Fetch(next.offer()));
  }

  private static Release target(RollingBack state) {
    return state.to() == null ? state.from() : state.to();
  }

  /** Remembers harm, but never that of the release the device is left with. */
  private static Ledger verdictOn(RollingBack state) {
    boolean harmless = NO_HARM.contains(state.cause().reason());
    boolean kept = state.to() != null && state.to().is(state.from());
    return harmless || kept ? state.ledger() : state.ledger().poison(state.from());
  }

  /** Enters a state and gives a release away, unless it is one that the device must keep. */
  static Decision discarding(DeviceState state, Release release, DeviceEffect... then) {
    List<DeviceEffect> effects = new ArrayList<>(discard(state.ledger(), release));
    effects.addAll(List.of(then));
    return new Decision(state, effects, null);
  }

  static List<DeviceEffect> discard(Ledger ledger, Release release) {
    return ledger.keeps(release) ? List.of() : List.of(new Discard(release));
  }
}
