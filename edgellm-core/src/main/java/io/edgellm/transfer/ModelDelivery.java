package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Compatibility;
import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.store.StoredModel;
import io.edgellm.transfer.TransferListener.TransferEvent;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.Verdict;
import io.edgellm.trust.tuf.TufException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
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
  private final BlobDownload download;
  private final Retries retries;

  /**
   * @param catalog where the papers of releases come from
   * @param source where their files come from
   * @param store where they go
   * @param verifier decides whether they may
   * @param device what they must fit
   * @param options how stubborn downloads are
   * @param jitter draws the pauses between tries
   */
  public ModelDelivery(
      ReleaseCatalog catalog,
      ArtifactSource source,
      ModelStore store,
      ModelVerifier verifier,
      DeviceProfile device,
      TransferOptions options,
      RandomGenerator jitter) {
    this.catalog = catalog;
    this.source = source;
    this.store = store;
    this.verifier = verifier;
    this.device = device;
    this.download = new BlobDownload(source, options, jitter);
    this.retries = new Retries(options, jitter);
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
    String title = model + " " + version;
    Gate gate =
        Gate.forPapers(TransferLimits.none(), TransferClock.of(InstantSource.system()), title);
    SignedRelease release = retries.run(() -> catalog.fetch(model, version), title, gate, listener);
    requireTrusted(release);
    ReleaseManifest manifest = release.manifest();
    requireCompatible(manifest);
    store.requireSpace(manifest);
    List<Artifact> missing = store.missing(manifest);
    listener.onEvent(new TransferEvent.Planned(manifest, missing));
    for (Artifact artifact : missing) {
      receive(artifact, listener);
    }
    listener.onEvent(new TransferEvent.Verifying(manifest));
    return store.install(release, verifier);
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

  private void receive(Artifact artifact, TransferListener listener) {
    // Empty where another process has completed the blob since the list was made.
    Optional<PartialBlob> opened = store.openPartial(artifact);
    if (opened.isPresent()) {
      try (PartialBlob partial = opened.get()) {
        download.fetch(partial.chunks(), listener);
        partial.commit();
      }
    }
  }
}
