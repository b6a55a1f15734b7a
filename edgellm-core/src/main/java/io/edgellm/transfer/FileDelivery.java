package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.store.BlobChunks;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.transfer.DeliveryStatus.Phase;
import java.util.Optional;

/** Brings the files of a release into the store, one at a time: by a delta, or in full. */
final class FileDelivery {
  private final ModelStore store;
  private final BlobFetcher fetcher;
  private final DeltaRoute deltas;
  private final DeliveryProgress progress;

  FileDelivery(
      ModelStore store,
      BlobFetcher fetcher,
      ReleaseManifest manifest,
      TransferControl control,
      DeliveryProgress progress) {
    this.store = store;
    this.fetcher = fetcher;
    this.deltas = new DeltaRoute(store, fetcher, manifest, control, progress);
    this.progress = progress;
  }

  void bring(Artifact file) {
    // Empty where another process has completed the file since the list was made.
    Optional<PartialBlob> opened = store.openPartial(file);
    if (opened.isEmpty()) {
      progress.expectNoMore(file);
      return;
    }
    try (PartialBlob partial = opened.get()) {
      BlobChunks chunks = partial.chunks();
      deltas.take(chunks);
      if (!chunks.isComplete()) {
        progress.enter(Phase.FETCHING);
        fetcher.fetch(chunks, progress);
      }
      progress.enter(Phase.VERIFYING);
      partial.commit();
    }
  }
}
