package io.edgellm.trust;

import io.edgellm.model.ModelId;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.trust.time.OfflineGrace;
import io.edgellm.trust.time.TrustedClock;
import io.edgellm.trust.tuf.TufClient;
import io.edgellm.trust.tuf.TufException;
import io.edgellm.trust.tuf.TufLimits;
import io.edgellm.trust.tuf.TufRepository;
import io.edgellm.trust.tuf.TufStore;
import io.edgellm.trust.tuf.TufTarget;
import io.edgellm.trust.tuf.TufVersions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which releases are current: the update repository that a policy pins, and what this device knows
 * of it.
 *
 * <p>{@link #refresh} and {@link #document} ask the repository. {@link #admit} asks nobody: it
 * verifies what this device has kept, from the pinned root on, and compares every expiry with the
 * time of the call. A release is found there once its model line was looked up in the repository,
 * as a delivery does; a refresh brings what changed of the lines that were looked up before.
 *
 * <p>Thread-safe. Several threads, instances and processes may work with one directory: they take
 * turns, and wait for each other up to {@link TufLimits#metadataDeadline}.
 *
 * <p>A repository may answer so slowly that a download takes hours. {@link #admit} waits for that
 * no longer than {@link TufLimits#metadataDeadline} and then admits nothing new, so that what a
 * device has proven can be verified and loaded meanwhile.
 */
public final class CurrentReleases implements Admissions {
  private static final Logger LOG = LoggerFactory.getLogger(CurrentReleases.class);

  private final TrustPolicy policy;
  private final UpdateTrust trust;
  private final TufStore store;
  private final TufClient client;
  private final KnownLines lines;
  private final TrustedClock clock;
  private final Duration patience;
  private boolean refreshed;

  private CurrentReleases(
      TrustPolicy policy,
      UpdateTrust trust,
      TufStore store,
      TufClient client,
      KnownLines lines,
      TrustedClock clock,
      Duration patience) {
    this.policy = policy;
    this.trust = trust;
    this.store = store;
    this.client = client;
    this.lines = lines;
    this.clock = clock;
    this.patience = patience;
  }

  /**
   * Opens what this device knows. Nothing is fetched.
   *
   * @param policy pins the repository
   * @param repository where its files come from
   * @param directory where its metadata is kept; created in an existing directory
   * @param clock the time that expiries are compared with; its floor is raised by what the
   *     repository signs
   * @throws TrustException with {@code UNSUPPORTED} if the policy pins no repository
   * @throws TufException with {@code IO} if the directory cannot be used
   */
  public static CurrentReleases open(
      TrustPolicy policy, TufRepository repository, Path directory, TrustedClock clock) {
    return open(policy, repository, directory, clock, TufLimits.defaults());
  }

  /** Opens what this device knows, with other limits; see the method without them. */
  public static CurrentReleases open(
      TrustPolicy policy,
      TufRepository repository,
      Path directory,
      TrustedClock clock,
      TufLimits limits) {
    UpdateTrust trust =
        policy
            .updates()
            .orElseThrow(
                () ->
                    new TrustException(
                        TrustException.Reason.UNSUPPORTED,
                        "The policy lets a signature alone suffice: pin the root of an update"
                            + " repository in it.",
                        "updates"));
    TufStore store = TufStore.at(directory);
    return new CurrentReleases(
        policy,
        trust,
        store,
        new TufClient(trust.root(), repository, store, limits, clock),
        KnownLines.read(directory.resolve("model-lines")),
        clock,
        limits.metadataDeadline());
  }

  /** Returns the policy that pins the repository. */
  public TrustPolicy policy() {
    return policy;
  }

  /** Returns the clock that expiries are compared with. */
  public TrustedClock clock() {
    return clock;
  }

  /**
   * Asks the repository what is current now.
   *
   * @throws TufException if it does not answer, or with something that is not to be believed; what
   *     was known before stays known
   */
  public TufVersions refresh() {
    return store.exclusively(patience, this::refreshNow);
  }

  private TufVersions refreshNow() {
    refreshed = false;
    TufVersions versions = client.refresh();
    refreshed = true;
    for (ModelId line : lines.all()) {
      try {
        client.findTarget(RepositoryPaths.index(line));
      } catch (TufException e) {
        // One neglected line must not keep the others back; who asks for it hears of it.
        LOG.debug("The metadata of '{}' cannot be had.", line, e);
      }
    }
    return versions;
  }

  /**
   * Fetches a document that the repository listed at the last {@link #refresh}; refreshes if there
   * was none, or if {@link #admit} looked at what is kept since.
   *
   * @param path its name, for instance {@link RepositoryPaths#index}
   * @param maxBytes more than this is refused
   * @return its bytes as they were signed, or nothing if it is not listed
   * @throws TufException if it cannot be had
   */
  public Optional<byte[]> document(String path, int maxBytes) {
    return store.exclusively(
        patience,
        () -> {
          if (!refreshed) {
            refreshNow();
          }
          return client.findTarget(path).map(target -> client.document(target, maxBytes));
        });
  }

  @Override
  public Admission admit(ReleaseManifest manifest, byte[] manifestJson) {
    try {
      return store.exclusively(patience, () -> admitByWhatIsKept(manifest, manifestJson));
    } catch (TufException e) {
      return notCurrent(String.valueOf(e.getMessage()));
    }
  }

  private Admission admitByWhatIsKept(ReleaseManifest manifest, byte[] manifestJson) {
    refreshed = false;
    try {
      TufVersions versions = client.resume(trust.offlineGrace().duration());
      String path = RepositoryPaths.manifest(manifest.model(), manifest.version());
      Optional<TufTarget> listed = client.findTarget(path);
      lines.add(manifest.model());
      if (listed.isEmpty()) {
        return notCurrent(
            "The update repository does not list "
                + manifest.title()
                + ": it was withdrawn, or is not published yet. Take another release.");
      }
      return listed.get().matches(manifestJson)
          ? current(versions, listed.get().validUntil())
          : notCurrent(
              "The update repository lists another release under the name of "
                  + manifest.title()
                  + ": do not use this one.");
    } catch (TufException e) {
      TrustException.Reason reason =
          e.reason() == TufException.Reason.EXPIRED
              ? TrustException.Reason.EXPIRED
              : TrustException.Reason.NOT_CURRENT;
      return new Admission.Refused(reason, String.valueOf(e.getMessage()));
    }
  }

  private static Admission notCurrent(String message) {
    return new Admission.Refused(TrustException.Reason.NOT_CURRENT, message);
  }

  private static Admission current(TufVersions versions, Instant validUntil) {
    return new Admission.Current(
        versions.root(),
        versions.timestamp(),
        versions.snapshot(),
        versions.targets(),
        versions.updateStart(),
        validUntil,
        OfflineGrace.usedAt(validUntil, versions.updateStart()));
  }
}
