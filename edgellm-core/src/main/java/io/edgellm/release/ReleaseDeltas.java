package io.edgellm.release;

import io.edgellm.delta.DeltaEncoder;
import io.edgellm.delta.DeltaListener;
import io.edgellm.delta.EncodedDelta;
import io.edgellm.internal.io.Disk;
import io.edgellm.model.Artifact;
import io.edgellm.model.Delta;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Makes the deltas of a release: for every file that devices may have an earlier version of, and
 * that changed.
 *
 * <p>Which file came from which follows from the path; a file that was renamed comes from the only
 * one of its role. Small files have none, they are fetched faster than a delta is applied. A delta
 * that is not worthwhile is left out. The deltas become blobs of the repository; what makes them
 * part of the release is {@link ReleaseBuilder#delta}, so that they are signed with it, and {@link
 * ReleasePublisher} refuses a release whose deltas are not there.
 *
 * <p>Made by one publisher at a time. Not thread-safe.
 */
public final class ReleaseDeltas {
  /** Files below are fetched in full. */
  public static final long SMALLEST_FILE_BYTES = 64 << 10;

  private static final String MEDIA_TYPE = "application/vnd.edgellm.delta.v1";
  private static final int NAME_DIGITS = 12;

  private final Path repository;
  private final TensorAligner aligner;
  private final Disk disk = Disk.local();
  private final DeltaEncoder encoder = new DeltaEncoder();

  /**
   * @param repository the directory that releases are published to
   * @param aligner knows the format of the models; {@link TensorAligner#none()} works, worse
   */
  public ReleaseDeltas(Path repository, TensorAligner aligner) {
    this.repository = repository.toAbsolutePath();
    this.aligner = aligner;
  }

  /**
   * Makes the deltas.
   *
   * @param release the new release, not yet signed
   * @param bases the releases that devices may have
   * @param listener hears of progress, file by file
   * @param cancelled asked all the time; true ends with {@code CANCELLED}
   * @return what the manifest is to name, in the order of its files
   * @throws io.edgellm.delta.DeltaException with {@code CANCELLED} or {@code IO}
   * @throws ReleaseException with {@code CHANGED} if a file is not the one of its manifest, or
   *     {@code IO}
   */
  public List<Delta> make(
      ReleaseFiles release,
      List<ReleaseFiles> bases,
      DeltaListener listener,
      BooleanSupplier cancelled) {
    List<Delta> deltas = new ArrayList<>();
    Set<List<Sha256>> made = new HashSet<>();
    for (Artifact fresh : release.manifest().files()) {
      for (ReleaseFiles base : bases) {
        Optional<Artifact> old = origin(fresh, base);
        if (old.isPresent() && made.add(List.of(old.get().sha256(), fresh.sha256()))) {
          make(base, old.get(), release, fresh, listener, cancelled).ifPresent(deltas::add);
        }
      }
    }
    return deltas;
  }

  private static Optional<Artifact> origin(Artifact fresh, ReleaseFiles base) {
    List<Artifact> files = base.manifest().files();
    if (fresh.sizeBytes() < SMALLEST_FILE_BYTES
        || files.stream().anyMatch(old -> old.sha256().equals(fresh.sha256()))) {
      return Optional.empty();
    }
    Optional<Artifact> same = base.manifest().file(fresh.path());
    if (same.isPresent()) {
      return same;
    }
    List<Artifact> alike = files.stream().filter(old -> old.role() == fresh.role()).toList();
    return alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
  }

  private Optional<Delta> make(
      ReleaseFiles base,
      Artifact old,
      ReleaseFiles release,
      Artifact fresh,
      DeltaListener listener,
      BooleanSupplier cancelled) {
    try {
      Path blobs = BlobWriter.createDirectoryIn(disk, repository);
      Path made = blobs.resolve("." + fresh.sha256().hex() + ".edelta");
      try {
        Optional<EncodedDelta> encoded =
            encoder.encode(
                base.locate(old),
                release.locate(fresh),
                aligner.align(base, old, release, fresh),
                made,
                listener,
                cancelled);
        if (encoded.isEmpty()) {
          return Optional.empty();
        }
        requireSame(old, encoded.get().base());
        requireSame(fresh, encoded.get().target());
        return Optional.of(new Delta(old.sha256(), fresh.sha256(), keep(made, old, fresh, blobs)));
      } finally {
        disk.delete(made);
      }
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "The deltas of '" + fresh.path() + "' cannot be kept (" + e + "): correct this.",
          fresh.path(),
          e);
    }
  }

  private static void requireSame(Artifact expected, Sha256 found) {
    if (!expected.sha256().equals(found)) {
      throw BlobWriter.changed(expected);
    }
  }

  private Artifact keep(Path made, Artifact old, Artifact fresh, Path blobs) throws IOException {
    ChunkedFile read = ChunkedFile.read(made, (buffer, length) -> {});
    disk.move(made, blobs.resolve(read.sha256().hex()));
    disk.forceDirectory(blobs);
    return new Artifact(
        name(old, fresh),
        read.sizeBytes(),
        read.sha256(),
        MEDIA_TYPE,
        Artifact.Role.DELTA,
        read.chunks());
  }

  /** Short, since a path of a release is; and different for every pair of files. */
  private static String name(Artifact old, Artifact fresh) {
    return "deltas/"
        + fresh.sha256().hex().substring(0, NAME_DIGITS)
        + "-from-"
        + old.sha256().hex().substring(0, NAME_DIGITS)
        + ".edelta";
  }
}
