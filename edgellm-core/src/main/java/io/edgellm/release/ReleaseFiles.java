package io.edgellm.release;

import io.edgellm.model.Artifact;
import io.edgellm.model.ReleaseManifest;
import java.nio.file.Path;
import java.util.function.Function;

/** A release and where its files are: a model directory, or the blobs of a repository. */
public final class ReleaseFiles {
  private final ReleaseManifest manifest;
  private final Function<Artifact, Path> place;

  private ReleaseFiles(ReleaseManifest manifest, Function<Artifact, Path> place) {
    this.manifest = manifest;
    this.place = place;
  }

  /** Takes the files of a model directory. */
  public static ReleaseFiles inDirectory(ReleaseManifest manifest, Path directory) {
    return new ReleaseFiles(manifest, file -> directory.resolve(file.path()));
  }

  /** Takes the files that a {@link ReleasePublisher} wrote into a repository. */
  public static ReleaseFiles published(ReleaseManifest manifest, Path repository) {
    Path blobs = BlobWriter.directoryIn(repository);
    return new ReleaseFiles(manifest, file -> blobs.resolve(file.sha256().hex()));
  }

  /** Returns the manifest. */
  public ReleaseManifest manifest() {
    return manifest;
  }

  /** Returns where a file of the manifest is. */
  public Path locate(Artifact file) {
    return place.apply(file);
  }
}
