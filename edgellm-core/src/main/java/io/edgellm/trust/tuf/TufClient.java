package io.edgellm.trust.tuf;

import io.edgellm.trust.time.TrustedClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers which files of a repository are current, and fetches them.
 *
 * <p>Trust begins at a root that the application ships. {@link #refresh} follows its successors and
 * verifies timestamp, snapshot and top-level targets; {@link #resume} does the same with what the
 * last refresh left on the disk. {@link #findTarget} and {@link #download} then speak of that
 * state, and compare expiries with the time at which it was taken up, so that a long download does
 * not expire on the way.
 *
 * <p>A clock that runs ahead refuses with {@code EXPIRED}; one that lags behind hides that somebody
 * holds back newer metadata, so give the client the best time that the device has. Versions never
 * go back, whatever the clock says.
 *
 * <p>Thread-safe; calls wait for each other. Nothing is kept open between calls.
 */
public final class TufClient {
  private final byte[] pinnedRoot;
  private final TufRepository repository;
  private final TufStore store;
  private final TufLimits limits;
  private final UpdateClock clock;
  private @Nullable TrustedMetadata trusted;

  /**
   * @param pinnedRoot the root metadata that the application ships, as it was signed; its expiry
   *     does not matter
   * @param repository where files come from
   * @param store where trusted metadata is kept between runs
   * @param limits how much is taken from the repository
   * @param clock the time that expiries are compared with, and that slow answers are measured by
   */
  public TufClient(
      byte[] pinnedRoot,
      TufRepository repository,
      TufStore store,
      TufLimits limits,
      InstantSource clock) {
    this(pinnedRoot, repository, store, limits, UpdateClock.reading(clock));
  }

  /**
   * Makes a client that lets a clock know what the repository signs: when the timestamp was signed
   * raises its floor, and a root that withdraws keys of the timestamp role takes that back.
   *
   * @param pinnedRoot the root metadata that the application ships, as it was signed
   * @param repository where files come from
   * @param store where trusted metadata is kept between runs
   * @param limits how much is taken from the repository
   * @param clock the time that expiries are compared with; slow answers are measured by the
   *     device's own clock, which goes on where a floor stands still
   */
  public TufClient(
      byte[] pinnedRoot,
      TufRepository repository,
      TufStore store,
      TufLimits limits,
      TrustedClock clock) {
    this(pinnedRoot, repository, store, limits, UpdateClock.keeping(clock));
  }

  private TufClient(
      byte[] pinnedRoot,
      TufRepository repository,
      TufStore store,
      TufLimits limits,
      UpdateClock clock) {
    this.pinnedRoot = pinnedRoot.clone();
    this.repository = repository;
    this.store = store;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * Brings the trusted metadata up to date and checks that none of it has expired.
   *
   * @throws TufException if that is not possible; what was trusted on the way is kept on the disk,
   *     and there is nothing to search until a refresh succeeds
   */
  public synchronized TufVersions refresh() {
    return update(new RepositoryReader(repository, limits, clock.stopwatch()), Duration.ZERO);
  }

  /**
   * Takes up the metadata that the last refresh left, without a network. All of it is verified
   * again from the pinned root, and its versions are not below the highest seen. {@link
   * #findTarget} then searches what is on the disk; a delegated role that no search has fetched
   * since it changed is {@code UNAVAILABLE}.
   *
   * <p>A device that was offline for long cannot know whether it still has the current state. How
   * long it may go on regardless is a matter of policy; {@link TufVersions#expired} and {@link
   * TufTarget#validUntil} say where the grace was needed, and belong into the record of what is
   * decided then.
   *
   * @param grace how long ago metadata may have expired; zero for not at all
   * @throws TufException if metadata is missing or not right, or expired earlier than that; the
   *     cache stays as it is, and there is nothing to search until a refresh or resumption succeeds
   * @throws IllegalArgumentException if the grace is negative
   */
  public synchronized TufVersions resume(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("A grace is not negative: " + grace);
    }
    return update(new CachedMetadata(store), grace);
  }

  private TufVersions update(MetadataSource source, Duration grace) {
    trusted = null;
    TrustedMetadata updated =
        new MetadataUpdate(store, source, limits, clock, grace).run(pinnedRoot);
    trusted = updated;
    return updated.versions();
  }

  /**
   * Returns what is said about a target, or nothing if nobody who may speak for it names it. After
   * a refresh, fetches the metadata of delegated roles as far as they are needed.
   *
   * @param path the name of the target, for instance {@code models/assistant/1.4.0/release.json}
   * @throws TufException if a role that may speak for it cannot be had, is not right, or if too
   *     many would have to be asked
   * @throws IllegalStateException if the last refresh or resumption did not succeed
   */
  public synchronized Optional<TufTarget> findTarget(String path) {
    return trusted().find(path, limits.delegatedRoles());
  }

  /**
   * Fetches a target into a file. A file that has the right bytes already is left alone; an
   * interrupted download goes on where it stopped.
   *
   * @param target from {@link #findTarget}
   * @param file where to; its directory exists. {@code <file>.part} beside it holds what has
   *     arrived so far
   * @throws TufException if the bytes do not arrive, are others than signed, or cannot be written;
   *     the file is then as it was
   */
  public synchronized void download(TufTarget target, Path file) {
    new TargetDownload(store.disk(), reader(target), target, file).run();
  }

  /**
   * Fetches a small target into memory.
   *
   * @param target from {@link #findTarget}
   * @param maxBytes more than this is not even asked for
   * @throws TufException if the bytes do not arrive or are others than signed
   */
  public synchronized byte[] document(TufTarget target, int maxBytes) {
    return reader(target).document(maxBytes);
  }

  private TargetReader reader(TufTarget target) {
    return new TargetReader(repository, limits, clock.stopwatch(), target);
  }

  private TrustedMetadata trusted() {
    if (trusted == null) {
      throw new IllegalStateException(
          "Call refresh() or resume() first, and again after it has failed.");
    }
    return trusted;
  }
}
