package io.edgellm.publish;

import io.edgellm.model.ModelId;
import io.edgellm.publish.PublishTarget.Hold;
import io.edgellm.transfer.Retries;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A repository of releases in a directory, and the place where devices fetch it.
 *
 * <p>For a pipeline without a disk that lasts: {@link #pull} brings update metadata and the papers
 * of all releases into an empty directory; {@link io.edgellm.release.ReleasePublisher} and {@link
 * io.edgellm.release.tuf.TufPublisher} publish there; {@link #push} brings what is new to the
 * target. A directory that lasts is pushed in the same way, with or without a pull before.
 *
 * <p>A push goes in an order in which devices never see something whose parts are missing, the
 * timestamp last. It is refused before anything is written if the target has something that is not
 * here, if it has a version with other bytes, if a file is nowhere, or if the credentials may not
 * write. One that was cut off is repeated, from this directory or from a fresh one: what is there
 * with its size and digest does not go again. Whoever pushes at the same time loses or wins as a
 * whole, as far as the target can decide that; each target says so.
 *
 * <p>For one thread; other processes and threads are locked out of the directory meanwhile.
 */
public final class WorkingCopy {
  private final LocalRepository here;
  private final PublishTarget there;
  private final Collection<ModelId> lines;
  private final Optional<byte[]> pinnedRoot;
  private final Retries retries;
  private final TransferControl control;

  private WorkingCopy(Builder builder) {
    this.here = new LocalRepository(builder.directory);
    this.there = builder.target;
    this.lines = builder.lines;
    this.pinnedRoot = builder.pinnedRoot;
    this.retries = new Retries(builder.options, builder.jitter);
    this.control = builder.control;
  }

  /** Takes a directory and a target, with the usual options. */
  public static WorkingCopy of(Path directory, PublishTarget target) {
    return builder(directory, target).build();
  }

  /**
   * Describes a working copy.
   *
   * @param directory where publishers write; made if it is not there
   * @param target where devices fetch; stays open and belongs to the caller
   */
  public static Builder builder(Path directory, PublishTarget target) {
    return new Builder(directory, target);
  }

  /** What a working copy is, and how it sends. */
  public static final class Builder {
    private final Path directory;
    private final PublishTarget target;
    private List<ModelId> lines = List.of();
    private Optional<byte[]> pinnedRoot = Optional.empty();
    private TransferOptions options =
        new TransferOptions(
            6, Duration.ofMillis(500), Duration.ofSeconds(30), 0, Duration.ofSeconds(30));
    private RandomGenerator jitter = new SplittableRandom();
    private TransferControl control = new TransferControl();

    private Builder(Path directory, PublishTarget target) {
      this.directory = directory;
      this.target = target;
    }

    /** Names lines to pull that no update metadata lists: those of a repository without any. */
    public Builder lines(ModelId... some) {
      lines = List.of(some);
      return this;
    }

    /**
     * Names the root that devices pin. A pull is refused if the target has another one in its
     * place: whoever has stolen its credentials may have put another repository there.
     */
    public Builder pinnedRoot(byte[] json) {
      pinnedRoot = Optional.of(json.clone());
      return this;
    }

    /** Sets how many tries in a row, and the pauses between them; the other options do nothing. */
    public Builder options(TransferOptions value) {
      options = value;
      return this;
    }

    /** Sets what draws the pauses. */
    public Builder jitter(RandomGenerator value) {
      jitter = value;
      return this;
    }

    /** Sets who pauses and cancels, from another thread. */
    public Builder control(TransferControl value) {
      control = value;
      return this;
    }

    /** Returns the working copy; nothing is read yet. */
    public WorkingCopy build() {
      return new WorkingCopy(this);
    }
  }

  private Sending sending(PushListener listener) {
    return new Sending(retries, control, new PushProgress(listener, System::nanoTime));
  }

  /**
   * Brings update metadata and the papers of all releases here. What is here and not pushed yet
   * stays.
   *
   * @param listener hears of it
   * @throws io.edgellm.release.ReleaseException with {@code OUTDATED} if there are changes here and
   *     others there, {@code EXISTS} if a version is here and there with different bytes, {@code
   *     UNTRUSTED} if the target has another root than the pinned one, {@code BUSY} or {@code IO}
   * @throws TransferException if the target cannot be read; what has come is kept
   */
  public PullReport pull(PushListener listener) {
    LocalRepository.Held held = here.lock();
    try (held) {
      return new Pull(here, there, sending(listener), pinnedRoot).run(lines);
    }
  }

  /**
   * Brings to the target what is here and not there.
   *
   * @param listener hears of it
   * @throws io.edgellm.release.ReleaseException before anything is written: {@code OUTDATED} if
   *     there is something that is not here, {@code EXISTS} if a version is there with other bytes,
   *     {@code MISSING} if a file is nowhere, {@code BUSY}; later: {@code OUTDATED} if another
   *     publisher was faster, {@code CHANGED} if a file is not the one of its digest, {@code IO}
   * @throws TransferException with {@code FORBIDDEN} if the credentials may not write, and with
   *     whatever else keeps bytes from going; what has gone is kept, and the same call goes on
   */
  public PushReport push(PushListener listener) {
    return push(listener, Comparison.Scope.NEW_RELEASES);
  }

  /**
   * Does what {@link #push} does, and sends again what the target has lost of older releases: it
   * asks for every file of every release. What is lost must be here.
   *
   * @param listener hears of it
   * @throws io.edgellm.release.ReleaseException as {@link #push}
   * @throws TransferException as {@link #push}
   */
  public PushReport repair(PushListener listener) {
    return push(listener, Comparison.Scope.ALL_RELEASES);
  }

  private PushReport push(PushListener listener, Comparison.Scope scope) {
    Sending sending = sending(listener);
    LocalRepository.Held held = here.lock();
    try (held) {
      Hold hold = there.hold(Comparison.lines(here, here.metadata()), sending);
      try (hold) {
        return push(sending, scope);
      }
    }
  }

  private PushReport push(Sending sending, Comparison.Scope scope) {
    PushPlan plan = Comparison.plan(here, there, sending, scope);
    sending.progress().planned(plan.event());
    new Push(there, plan, sending).run();
    return new PushReport(
        plan.newReleases(),
        plan.sendBytes(),
        plan.skippedBytes(),
        here.metadata().timestampVersion(),
        !plan.isEmpty());
  }

  /** Returns where the publishers write. */
  public Path directory() {
    return here.root();
  }
}
