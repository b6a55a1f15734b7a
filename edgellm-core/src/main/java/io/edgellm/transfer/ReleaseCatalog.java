package io.edgellm.transfer;

import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.ReleaseIndex;

/**
 * What a source claims to have: versions, manifests, signatures. Claims only; nothing is verified
 * here.
 *
 * <p>Thread-safe, as its source is.
 */
public final class ReleaseCatalog {
  private static final int MAX_INDEX_BYTES = 4 << 20;
  private static final int MAX_MANIFEST_BYTES = 16 << 20;
  private static final int MAX_SIGNATURE_BYTES = 16 << 20;

  private final ArtifactSource source;

  /**
   * @param source where to look
   */
  public ReleaseCatalog(ArtifactSource source) {
    this.source = source;
  }

  /**
   * Lists the versions of a model line.
   *
   * @throws TransferException with {@code NOT_FOUND} if the source does not know the line, or with
   *     {@code CORRUPT} if its list is broken
   */
  public ReleaseIndex index(ModelId model) {
    String path = Locations.index(model);
    byte[] json = source.document(path, MAX_INDEX_BYTES);
    try {
      return ReleaseIndex.fromJson(json);
    } catch (ReleaseException | ModelException e) {
      throw new TransferException(
          TransferException.Reason.CORRUPT,
          "The list of versions at '"
              + source.describe()
              + "' is broken ("
              + e.getMessage()
              + "): publish the model line there again.",
          path,
          e);
    }
  }

  /**
   * Fetches manifest and signature.
   *
   * @throws TransferException if they are not there, or speak of another release
   * @throws io.edgellm.model.ModelException if the manifest is not one
   */
  public FetchedRelease fetch(ModelId model, ModelVersion version) {
    String path = Locations.manifest(model, version);
    byte[] json = source.document(path, MAX_MANIFEST_BYTES);
    ReleaseManifest manifest = ReleaseManifest.fromJson(json);
    if (!manifest.model().equals(model) || !manifest.version().equals(version)) {
      throw new TransferException(
          TransferException.Reason.CORRUPT,
          "'"
              + source.describe()
              + "' offers "
              + manifest.title()
              + " in the place of "
              + model
              + " "
              + version
              + ": do not use this source.",
          path);
    }
    byte[] signature = source.document(Locations.signature(model, version), MAX_SIGNATURE_BYTES);
    return new FetchedRelease(manifest, json, signature);
  }
}
