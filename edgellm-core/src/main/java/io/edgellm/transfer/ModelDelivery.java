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
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Brings a release from a source into a store: manifest, compatibility, the missing bytes, and the
 * installation, which verifies.
 *
 * <p>Whatever happens in between, what has arrived stays in the store as partial or whole blobs,
 * and the next call goes on from there. One instance serves one thread at a time; several instances
 * may deliver into one store, each blob comes once.
 */
public final class ModelDelivery {
  private final ArtifactSource source;
  private final ReleaseCatalog catalog;
  private final ModelStore store;
  private final ModelVerifier verifier;
  private final DeviceProfile device;
  private final BlobDownload download;

  /**
   * @param source where releases come from
   * @param store where they go
   * @param verifier decides whether they may
   * @param device what they must fit
   * @param options how stubborn downloads are
   * @param jitter draws the pauses between tries
   */
  public ModelDelivery(
      ArtifactSource source,
      ModelStore store,
      ModelVerifier verifier,
      DeviceProfile device,
      TransferOptions options,
      RandomGenerator jitter) {
    this.source = source;
    this.catalog = new ReleaseCatalog(source);
    this.store = store;
    this.verifier = verifier;
    this.device = device;
    this.download = new BlobDownload(source, options, jitter);
  }

  /**
   * Installs a release. A release that is installed already is returned as it is.
   *
   * @param model the model line
   * @param version the version
   * @param listener hears progress
   * @throws TransferException if bytes do not arrive, or the release does not fit the device
   * @throws io.edgellm.model.ModelException if the manifest is not one
   * @throws io.edgellm.store.StoreException if there is no space, or the store fails
   * @throws io.edgellm.trust.TrustException if the release is not trusted; nothing is installed
   */
  public StoredModel deliver(ModelId model, ModelVersion version, TransferListener listener) {
    Optional<StoredModel> installed = store.find(model, version);
    if (installed.isPresent()) {
      return installed.get();
    }
    FetchedRelease release = catalog.fetch(model, version);
    ReleaseManifest manifest = release.manifest();
    requireCompatible(manifest);
    store.requireSpace(manifest);
    List<Artifact> missing = store.missing(manifest);
    listener.onEvent(new TransferEvent.Planned(manifest, missing));
    for (Artifact artifact : missing) {
      receive(artifact, listener);
    }
    listener.onEvent(new TransferEvent.Verifying(manifest));
    return store.install(release.manifestJson(), release.signature(), verifier);
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
        download.fetch(artifact, partial.path(), listener);
        partial.commit();
      }
    }
  }
}
