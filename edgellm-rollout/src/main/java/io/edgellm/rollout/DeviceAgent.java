package io.edgellm.rollout;

import io.edgellm.llm.ModelRuntime;
import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ModelId;
import io.edgellm.rollout.device.Baseline;
import io.edgellm.rollout.device.Cause;
import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.Offer;
import io.edgellm.rollout.device.Reason;
import io.edgellm.rollout.device.Release;
import io.edgellm.rollout.device.RolloutException;
import io.edgellm.rollout.gate.GateResult;
import io.edgellm.rollout.gate.GateVerdict;
import io.edgellm.rollout.journal.Journal;
import io.edgellm.store.ModelState;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreException;
import io.edgellm.trust.ModelVerifier;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one model line of one device current and healthy: drives the device machine with the real
 * store, runtime and journal.
 *
 * <p>A host builds one, {@linkplain Builder#start starts} it, and from then on talks to {@link
 * ModelRuntime#languageModel()}. Starting serves the last known good release, or goes on with
 * whatever a crash interrupted. {@link #rollOut} takes an offer all the way to its end and blocks;
 * {@link #offer} and {@link #look} are the same in steps, for a host with a scheduler of its own.
 *
 * <p>Thread-safe. One thing happens at a time; {@link #undo} and {@link #withdraw} wait for a step
 * that is under way, not for the trial.
 */
public final class DeviceAgent implements AutoCloseable {
  private final ModelId model;
  private final ModelStore store;
  private final Journal journal;
  private final ResidentModels models;
  private final TrialWatch watch;
  private final EventLoop loop;
  private final DevicePolicy policy;
  private final DeviceClock clock;
  private final ActivationWindow window;
  private final RolloutListener listener;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean closed;

  private DeviceAgent(Builder b, Journal journal) {
    this.model = b.model;
    this.store = b.store;
    this.journal = journal;
    this.policy = b.policy;
    this.clock = b.clock;
    this.window = b.window;
    this.listener = new GuardedListener(b.listener);
    this.models = new ResidentModels(store, b.verifier, b.runtime, policy.drainTimeout());
    this.watch = new TrialWatch(models, b.runtime.languageModel(), b.traffic, policy);
    this.loop =
        new EventLoop(
            journal,
            new EffectRunner(model, store, models, b.delivery, policy, clock, b.profile),
            watch,
            listener);
  }

  /**
   * Begins to describe an agent.
   *
   * @param model the model line
   * @param store where its versions are
   * @param verifier what makes a version trusted
   * @param runtime what serves it; the agent loads and unloads, the host closes
   * @param delivery what brings a new version
   */
  public static Builder builder(
      ModelId model,
      ModelStore store,
      ModelVerifier verifier,
      ModelRuntime runtime,
      Delivery delivery) {
    return new Builder(model, store, verifier, runtime, delivery);
  }

  /** Returns where the device is. */
  public DeviceState state() {
    lock.lock();
    try {
      return journal.state();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Offers a release, and goes as far as that is possible at once: to {@link
   * DeviceState.Observing}, to {@link DeviceState.Ready} if the activation window is closed, or to
   * {@link DeviceState.Rejected}.
   *
   * @return where the device is then
   * @throws RolloutException if the journal cannot be written
   * @throws InterruptedException if the thread is interrupted; {@link #look} or the next start goes
   *     on where that was
   */
  public DeviceState offer(Offer offer) throws InterruptedException {
    return happen(new DeviceEvent.Offered(offer, policy.rules(), clock.now()));
  }

  /**
   * Does what is due: finishes a step that an interrupt cut off, activates a candidate that waited
   * for its window, or looks at the one on trial, asks the gates, and commits, rolls back or goes
   * on. Does nothing otherwise. Call it about every {@link DevicePolicy#lookEvery()}.
   *
   * @return where the device is then
   */
  public DeviceState look() throws InterruptedException {
    lock.lock();
    try {
      requireOpen();
      loop.goOn();
      if (journal.state() instanceof DeviceState.Observing s) {
        loop.settle(watched(s));
      }
      activateIfDue();
      return journal.state();
    } finally {
      lock.unlock();
    }
  }

  private DeviceEvent watched(DeviceState.Observing state) throws InterruptedException {
    TrialWatch.Look look;
    try {
      look = watch.look(state.trial(), state.ledger().committed());
    } catch (RuntimeException e) {
      String detail = "It could not be looked at: " + EffectRunner.message(e);
      return new DeviceEvent.Harmed(new Cause(Reason.QUALITY, detail), clock.now());
    }
    listener.onLook(look.results());
    boolean passed = true;
    for (GateResult result : look.results()) {
      if (result.verdict() instanceof GateVerdict.Fail fail) {
        return new DeviceEvent.Harmed(fail.cause(), clock.now());
      }
      passed &= result.verdict() instanceof GateVerdict.Pass;
    }
    return passed
        ? new DeviceEvent.GatesPassed(look.counted(), clock.now())
        : new DeviceEvent.Observed(look.counted(), clock.now());
  }

  /**
   * Offers a release and stays with it until it is committed, rolled back or refused.
   *
   * @param pace how to wait between two looks
   * @return the end: {@link DeviceState.Committed}, {@link DeviceState.RolledBack}, {@link
   *     DeviceState.Rejected} or {@link DeviceState.SafeMode}; or where the device was if the offer
   *     was stale
   * @throws InterruptedException if the thread is interrupted; the trial stays as it is, and {@link
   *     #look} goes on with it
   */
  public DeviceState rollOut(Offer offer, Pace pace) throws InterruptedException {
    offer(offer);
    return awaitEnd(pace);
  }

  /** Stays with the deployment that is under way, if there is one, until its end. */
  public DeviceState awaitEnd(Pace pace) throws InterruptedException {
    DeviceState state = state();
    while (state.underWay().isPresent()) {
      pace.await(policy.lookEvery());
      state = look();
    }
    return state;
  }

  /** Goes back to the previous model, because the user wants to. */
  public DeviceState undo() throws InterruptedException {
    return happen(new DeviceEvent.Undone(clock.now()));
  }

  /**
   * Takes the newest offer back.
   *
   * @param epoch the epoch of this command, at least that of the offer
   */
  public DeviceState withdraw(long epoch) throws InterruptedException {
    return happen(new DeviceEvent.Withdrawn(epoch, clock.now()));
  }

  /** Reports harm that the host found itself: its watchdog, its memory. */
  public DeviceState reportHarm(Cause cause) throws InterruptedException {
    return happen(new DeviceEvent.Harmed(cause, clock.now()));
  }

  private DeviceState happen(DeviceEvent event) throws InterruptedException {
    lock.lock();
    try {
      requireOpen();
      loop.settle(event);
      activateIfDue();
      return journal.state();
    } finally {
      lock.unlock();
    }
  }

  private void activateIfDue() throws InterruptedException {
    if (journal.state() instanceof DeviceState.Ready s && window.isOpen(clock.now())) {
      Release candidate = s.candidate().release();
      Baseline baseline = watch.baseline(s.ledger().committed(), candidate);
      loop.settle(new DeviceEvent.ActivationAllowed(candidate.digest(), baseline, clock.now()));
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new RolloutException(
          RolloutException.Reason.CLOSED,
          "The agent is closed: start another one.",
          model.value(),
          null);
    }
  }

  /**
   * Notes a clean stop, so that the next start of a candidate on trial is not held against it, and
   * unloads what it loaded. The trial goes on at the next start. Waits for a step that is under
   * way; whoever is within {@link #rollOut} or {@link #awaitEnd} gets {@code CLOSED} at its next
   * look. Close it before the runtime and the store, so that requests under way are drained; in
   * another order it frees what is left.
   *
   * @throws RolloutException if the stop could not be noted; everything is freed all the same
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        try (journal) {
          journal.append(new DeviceEvent.Stopped(clock.now()));
        } finally {
          models.close();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private DeviceEvent.StoreView storeView() {
    try {
      ModelState state = store.state(model);
      Release current =
          state.current() == null
              ? null
              : store
                  .find(model, state.current())
                  .map(stored -> Release.of(stored.manifest()))
                  .orElse(null);
      return new DeviceEvent.StoreView(
          current, current != null && state.status() == ModelState.Status.TRIAL);
    } catch (StoreException e) {
      // What cannot be read is not there; the journal says what to do about it.
      return DeviceEvent.StoreView.EMPTY;
    }
  }

  /** Describes a {@link DeviceAgent}; not thread-safe. */
  public static final class Builder {
    private final ModelId model;
    private final ModelStore store;
    private final ModelVerifier verifier;
    private final ModelRuntime runtime;
    private final Delivery delivery;
    private DevicePolicy policy = DevicePolicy.defaults();
    private DeviceClock clock = DeviceClock.system();
    private LiveTraffic traffic = LiveTraffic.none();
    private ActivationWindow window = ActivationWindow.always();
    private RolloutListener listener = RolloutListener.silent();
    private @Nullable DeviceProfile profile;

    private Builder(
        ModelId model,
        ModelStore store,
        ModelVerifier verifier,
        ModelRuntime runtime,
        Delivery delivery) {
      this.model = Objects.requireNonNull(model);
      this.store = Objects.requireNonNull(store);
      this.verifier = Objects.requireNonNull(verifier);
      this.runtime = Objects.requireNonNull(runtime);
      this.delivery = Objects.requireNonNull(delivery);
    }

    /** Sets how careful the device is. */
    public Builder policy(DevicePolicy policy) {
      this.policy = Objects.requireNonNull(policy);
      return this;
    }

    /** Sets the clock. */
    public Builder clock(DeviceClock clock) {
      this.clock = Objects.requireNonNull(clock);
      return this;
    }

    /** Sets where figures about live requests come from; otherwise only probes count. */
    public Builder traffic(LiveTraffic traffic) {
      this.traffic = Objects.requireNonNull(traffic);
      return this;
    }

    /** Sets when a candidate may take over. */
    public Builder activationWindow(ActivationWindow window) {
      this.window = Objects.requireNonNull(window);
      return this;
    }

    /** Sets who hears how it goes. */
    public Builder listener(RolloutListener listener) {
      this.listener = Objects.requireNonNull(listener);
      return this;
    }

    /** Sets what the device is; releases that do not fit are refused. */
    public Builder profile(DeviceProfile profile) {
      this.profile = Objects.requireNonNull(profile);
      return this;
    }

    /**
     * Starts the agent: recovers what was under way, and serves.
     *
     * @param journalDirectory the directory of the journal, for this model line alone
     * @throws RolloutException with {@code JOURNAL_BUSY} if another process drives the device
     * @throws InterruptedException if the thread is interrupted on the way; start again
     */
    public DeviceAgent start(Path journalDirectory) throws InterruptedException {
      Journal journal = Journal.open(journalDirectory);
      DeviceAgent agent = new DeviceAgent(this, journal);
      try {
        agent.happen(new DeviceEvent.Booted(agent.storeView(), agent.clock.now()));
        return agent;
      } catch (InterruptedException e) {
        // A clean stop: the start is not held against a candidate.
        try (agent) {
          throw e;
        }
      } catch (Throwable e) {
        ResidentModels models = agent.models;
        try (journal;
            models) {
          throw e;
        }
      }
    }
  }
}
