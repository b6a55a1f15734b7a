package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Compatibility;
import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelStore;
import io.edgellm.store.RepairReport;
import io.edgellm.store.StoreException;
import io.edgellm.store.StoredModel;
import io.edgellm.transfer.DeliveryStatus.Phase;
import io.edgellm.transfer.TransferListener.TransferEvent;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.Verdict;
import io.edgellm.trust.tuf.TufException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a release from a source into a store: papers, compatibility, the missing bytes, and the
 * installation, which verifies.
 *
 * <p>Nothing is fetched for a release whose papers are refused: who signed it, whether it is
 * current, what must be attested and whether it fits the device are known before the first large
 * file comes.
 *
 * <p>A file for which the release names a delta comes that way if that is shorter, and in full
 * otherwise. When files may come, and how fast, {@link TransferLimits} say.
 *
 * <p>Whatever happens in between, what has arrived stays in the store as partial or whole blobs,
 * and the next call goes on from there. One instance serves one thread at a time; several instances
 * may deliver into one store, each blob comes once.
 */
public final class ModelDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(ModelDelivery.class);

  private final ReleaseCatalog catalog;
  private final ArtifactSource source;
  private final ModelStore store;
  private final ModelVerifier verifier;
  private final DeviceProfile device;
  private final TransferLimits limits;
  private final TransferClock clock;
  private final BlobFetcher fetcher;
  private final Retries retries;

  private ModelDelivery(Builder builder, TransferClock clock, BlobFetcher fetcher) {
    this.catalog = builder.catalog;
    this.source = builder.source;
    this.store = builder.store;
    this.verifier = builder.verifier;
    this.device = builder.device;
    this.limits = builder.limits;
    this.clock = clock;
    this.fetcher = fetcher;
    this.retries = new Retries(builder.options, builder.jitter);
  }

  /**
   * Describes a delivery by what it cannot be without.
   *
   * @param catalog where the papers of releases come from
   * @param source where their files come from
   * @param store where they go
   * @param verifier decides whether they may
   * @param device what they must fit
   */
  public static Builder builder(
      ReleaseCatalog catalog,
      ArtifactSource source,
      ModelStore store,
      ModelVerifier verifier,
      DeviceProfile device) {
    return new Builder(catalog, source, store, verifier, device);
  }

  /** What may be said of a delivery beyond the necessary. Not thread-safe. */
  public static final class Builder {
    private final ReleaseCatalog catalog;
    private final ArtifactSource source;
    private final ModelStore store;
    private final ModelVerifier verifier;
    private final DeviceProfile device;
    private TransferOptions options = TransferOptions.defaults();
    private TransferLimits limits = TransferLimits.none();
    private RandomGenerator jitter = new SplittableRandom();
    private TransferClock clock = TransferClock.of(InstantSource.system());
    private @Nullable BlobFetcher fetcher;

    private Builder(
        ReleaseCatalog catalog,
        ArtifactSource source,
        ModelStore store,
        ModelVerifier verifier,
        DeviceProfile device) {
      this.catalog = catalog;
      this.source = source;
      this.store = store;
      this.verifier = verifier;
      this.device = device;
    }

    /** Sets how stubborn it is; {@link TransferOptions#defaults} otherwise. */
    public Builder options(TransferOptions value) {
      options = value;
      return this;
    }

    /** Sets when and how fast files may come; at any time and speed otherwise. */
    public Builder limits(TransferLimits value) {
      limits = value;
      return this;
    }

    /**
     * Sets who brings files and deltas; a {@link BlobDownload} from the source otherwise.
     *
     * <p>Another fetcher does not hear of {@link #limits} from here, which then hold up the papers
     * and the work of a delta alone: give it the same limits, or their {@linkplain
     * TransferLimits#control control}, when it is made. A {@code SiteFetcher} takes the control,
     * and the {@code BlobDownload} that it asks beyond the site takes the limits as a whole;
     * bandwidth, windows and metered links do not concern what comes from a neighbour.
     */
    public Builder fetcher(BlobFetcher value) {
      fetcher = value;
      return this;
    }

    /** Sets what draws the pauses between tries. */
    public Builder jitter(RandomGenerator value) {
      jitter = value;
      return this;
    }

    /** Sets the clock that maintenance windows go by. */
    public Builder clock(InstantSource value) {
      return clock(TransferClock.of(value));
    }

    Builder clock(TransferClock value) {
      clock = value;
      return this;
    }

    /** Returns the delivery. */
    public ModelDelivery build() {
      BlobFetcher origin = new BlobDownload(source, options, limits, jitter, clock);
      return new ModelDelivery(this, clock, fetcher == null ? origin : fetcher);
    }
  }

  /**
   * Installs a release. A release that is installed already is returned as it is, after one look at
   * what the catalog lists of its line: where the update repository answers, this device knows from
   * then on whether the release is still current, and activates it or not by that. Where it does
   * not answer, or with something that is not to be believed, the release is returned all the same.
   *
   * @param model the model line
   * @param version the version
   * @param listener hears progress
   * @throws TransferException if bytes do not arrive, or the release does not fit the device
   * @throws io.edgellm.trust.TrustException if the release is not trusted or not current; nothing
   *     is installed
   * @throws io.edgellm.trust.tuf.TufException if the update repository is not to be believed
   * @throws io.edgellm.store.StoreException if there is no space, or the store fails
   */
  public StoredModel deliver(ModelId model, ModelVersion version, TransferListener listener) {
    Optional<StoredModel> installed = store.find(model, version);
    if (installed.isPresent()) {
      lookAtTheLine(model);
      return installed.get();
    }
    DeliveryProgress progress = progress(model, version, listener);
    SignedRelease release = papers(model, version, progress);
    try {
      return fetchAndInstall(release, progress);
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.BLOB_MISSING) {
        throw e;
      }
      LOG.debug("a file of {} went before the installation", release.manifest().title(), e);
      return fetchAndInstall(release, progress);
    }
  }

  private StoredModel fetchAndInstall(SignedRelease release, DeliveryProgress progress) {
    fetchFiles(release.manifest(), progress);
    progress.enter(Phase.INSTALLING);
    progress.onEvent(new TransferEvent.Verifying(release.manifest()));
    return store.install(release, verifier);
  }

  /**
   * Brings the files of a release into the store and installs nothing, so that a later {@link
   * #deliver} has only to ask for the papers: over a fast link now, for a rollout next week. Nobody
   * is told, and what is active stays as it is.
   *
   * @param model the model line
   * @param version the version
   * @param keepUntil garbage collection spares the files until then, and for its grace beyond
   * @param listener hears progress
   * @return the manifest, whose papers are verified
   * @throws TransferException as {@link #deliver}
   * @throws io.edgellm.trust.TrustException as {@link #deliver}
   * @throws io.edgellm.trust.tuf.TufException as {@link #deliver}
   * @throws io.edgellm.store.StoreException as {@link #deliver}
   */
  public ReleaseManifest prefetch(
      ModelId model, ModelVersion version, Instant keepUntil, TransferListener listener) {
    DeliveryProgress progress = progress(model, version, listener);
    ReleaseManifest manifest = papers(model, version, progress).manifest();
    fetchFiles(manifest, progress);
    store.keepFiles(manifest, keepUntil);
    return manifest;
  }

  /**
   * Brings an installed version back into order: damaged files from intact copies in the store, and
   * what has none from the source, as for an installation; damaged papers from the catalog. The
   * version may be active and in use meanwhile, and need not be current any more.
   *
   * <p>Nobody is asked for papers that are in order in the store, or for files of which it has a
   * copy. If the source fails, what could be healed without it is healed, what has come stays, and
   * the next call goes on.
   *
   * @param model the model line
   * @param version the version
   * @param listener hears progress
   * @return what was done, and what is still wrong
   * @throws TransferException if bytes or papers do not arrive
   * @throws io.edgellm.trust.TrustException if the release is not trusted; nothing is fetched
   * @throws io.edgellm.trust.tuf.TufException if the update repository is not to be believed
   * @throws StoreException with {@code NOT_INSTALLED}; or if there is no space, or the store fails
   */
  public RepairReport repair(ModelId model, ModelVersion version, TransferListener listener) {
    DeliveryProgress progress = progress(model, version, listener);
    SignedRelease release =
        installedPapers(model, version).orElseGet(() -> genuinePapers(model, version, progress));
    RepairReport local = store.care().repair(release, verifier);
    if (local.toFetch().isEmpty()) {
      return local;
    }
    fetchFiles(release.manifest(), progress);
    progress.enter(Phase.INSTALLING);
    RepairReport whole = store.care().repair(release, verifier);
    return new RepairReport(
        Stream.concat(local.healed().stream(), whole.healed().stream()).toList(),
        Stream.concat(local.quarantined().stream(), whole.quarantined().stream()).toList(),
        whole.toFetch(),
        whole.remaining(),
        whole.complete());
  }

  /** Reads the papers beside the files; none if they are damaged. */
  private Optional<SignedRelease> installedPapers(ModelId model, ModelVersion version) {
    try (Lease lease = store.lease(model, version)) {
      return Optional.of(SignedRelease.read(lease.directory()))
          .filter(release -> objectionToRepair(release).isEmpty());
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.CORRUPT) {
        throw e;
      }
      return Optional.empty();
    } catch (TrustException e) {
      return Optional.empty();
    }
  }

  private SignedRelease genuinePapers(
      ModelId model, ModelVersion version, DeliveryProgress progress) {
    SignedRelease release = fetchPapers(model, version, progress);
    Optional<Verdict.Rejected> objection = objectionToRepair(release);
    if (objection.isPresent()) {
      objection.get().orElseThrow();
    }
    return release;
  }

  /** What is installed may stay, and so be repaired, when it is not current any more. */
  private Optional<Verdict.Rejected> objectionToRepair(SignedRelease release) {
    return verifier
        .examine(release)
        .filter(
            objection ->
                objection.reason() != TrustException.Reason.NOT_CURRENT
                    && objection.reason() != TrustException.Reason.EXPIRED);
  }

  private DeliveryProgress progress(
      ModelId model, ModelVersion version, TransferListener listener) {
    return new DeliveryProgress(model + " " + version, listener, clock::nanoTime);
  }

  private SignedRelease papers(ModelId model, ModelVersion version, DeliveryProgress progress) {
    SignedRelease release = fetchPapers(model, version, progress);
    requireTrusted(release);
    requireCompatible(release.manifest());
    return release;
  }

  /** Limits hold papers up only in so far as somebody pauses. */
  private SignedRelease fetchPapers(
      ModelId model, ModelVersion version, DeliveryProgress progress) {
    String title = model + " " + version;
    Gate gate = Gate.forPapers(limits, clock, title);
    return retries.run(
        () -> {
          progress.enter(Phase.PAPERS);
          return catalog.fetch(model, version);
        },
        title,
        gate,
        progress);
  }

  private void fetchFiles(ReleaseManifest manifest, DeliveryProgress progress) {
    store.requireSpace(manifest);
    store.keepFiles(manifest);
    List<Artifact> missing = store.missing(manifest);
    progress.onEvent(new TransferEvent.Planned(manifest, missing));
    missing.forEach(progress::expect);
    FileDelivery files = new FileDelivery(store, fetcher, manifest, limits.control(), progress);
    missing.forEach(files::bring);
  }

  /** Nothing has to come for an installed release: no answer, no second try, and no harm. */
  private void lookAtTheLine(ModelId model) {
    try {
      catalog.index(model);
    } catch (TransferException | TufException e) {
      LOG.debug("cannot ask {} what is current of {}", catalog.describe(), model, e);
    }
  }

  private void requireTrusted(SignedRelease release) {
    Optional<Verdict.Rejected> objection = verifier.examine(release);
    if (objection.isPresent()) {
      objection.get().orElseThrow();
    }
  }

  private void requireCompatible(ReleaseManifest manifest) {
    Compatibility compatibility = Compatibility.explain(manifest, device);
    if (!compatibility.fits()) {
      throw new TransferException(
          TransferException.Reason.INCOMPATIBLE,
          manifest.title()
              + " does not fit this device: "
              + String.join(" ", compatibility.reasons())
              + " Choose another build of it.",
          source.describe());
    }
  }
}
