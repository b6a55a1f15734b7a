package io.edgellm.transfer;

import io.edgellm.model.ReleaseManifest;

/** Manifest and signature of a release as they came from a source: claims until verified. */
public final class FetchedRelease {
  private final ReleaseManifest manifest;
  private final byte[] manifestJson;
  private final byte[] signature;

  FetchedRelease(ReleaseManifest manifest, byte[] manifestJson, byte[] signature) {
    this.manifest = manifest;
    this.manifestJson = manifestJson;
    this.signature = signature;
  }

  /** Returns what the release claims to be. */
  public ReleaseManifest manifest() {
    return manifest;
  }

  /** Returns the manifest's exact bytes, which the signature covers. */
  public byte[] manifestJson() {
    return manifestJson.clone();
  }

  /** Returns the bytes of the signature file. */
  public byte[] signature() {
    return signature.clone();
  }
}
