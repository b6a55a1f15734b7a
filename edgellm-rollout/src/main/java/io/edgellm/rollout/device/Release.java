package io.edgellm.rollout.device;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;

/**
 * Which release is meant. Two releases are the same if their digests are.
 *
 * @param model the model line
 * @param version the version
 * @param digest the digest of the manifest's canonical JSON, which names every byte of the release
 */
public record Release(ModelId model, ModelVersion version, Sha256 digest) {

  /** Returns the release that a manifest describes. */
  public static Release of(ReleaseManifest manifest) {
    return new Release(manifest.model(), manifest.version(), Sha256.of(manifest.toJson()));
  }

  /** Returns whether another release has the same bytes. */
  public boolean is(Release other) {
    return digest.equals(other.digest);
  }

  /** Returns model and version, for people. */
  public String title() {
    return model + " " + version;
  }
}
