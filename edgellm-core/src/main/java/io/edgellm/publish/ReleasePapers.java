package io.edgellm.publish;

import io.edgellm.model.Artifact;
import io.edgellm.model.Delta;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import io.edgellm.trust.SignedRelease;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What says what a release is: manifest, signature, and what is attested of it. */
record ReleasePapers(SignedRelease release) {
  ReleaseManifest manifest() {
    return release.manifest();
  }

  String manifestPath() {
    return RepositoryPaths.manifest(manifest().model(), manifest().version());
  }

  String signaturePath() {
    return RepositoryPaths.signature(manifest().model(), manifest().version());
  }

  String attestationsPath() {
    return RepositoryPaths.attestations(manifest().model(), manifest().version());
  }

  /** Returns the files by their paths in a repository, the manifest last. */
  Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    release.attestations().ifPresent(bytes -> files.put(attestationsPath(), bytes));
    files.put(signaturePath(), release.signature());
    files.put(manifestPath(), release.manifestJson());
    return files;
  }

  /** Returns what must be there before the papers: files and deltas, each content once. */
  Iterable<Artifact> blobs() {
    Map<Sha256, Artifact> blobs = new LinkedHashMap<>();
    Stream.concat(manifest().files().stream(), manifest().deltas().stream().map(Delta::file))
        .forEach(file -> blobs.putIfAbsent(file.sha256(), file));
    return blobs.values();
  }
}
