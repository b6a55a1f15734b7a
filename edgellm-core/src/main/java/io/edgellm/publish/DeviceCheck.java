package io.edgellm.publish;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.SourceTufRepository;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.tuf.TufClient;
import io.edgellm.trust.tuf.TufException;
import io.edgellm.trust.tuf.TufLimits;
import io.edgellm.trust.tuf.TufStore;
import io.edgellm.trust.tuf.TufTarget;
import io.edgellm.trust.tuf.TufVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Looks after a push whether a device can take a release: by the source that devices have, with
 * their client of the update repository, from a pinned root on. Metadata and papers come whole, and
 * of each file the first and the last chunk, which are held against the manifest.
 *
 * <p>It proves that the way is open and that the metadata is good. What is between those chunks is
 * not read, as it was compared when it went; and who signed the release is not asked, which is for
 * a {@link io.edgellm.trust.PolicyModelVerifier} with the policy of devices. Thread-safe.
 */
public final class DeviceCheck {
  private final ArtifactSource source;
  private final byte[] pinnedRoot;
  private final InstantSource clock;

  /**
   * @param source by which devices fetch, such as {@link PublishTarget#source}; not closed here
   * @param pinnedRoot the root that devices ship with
   * @param clock the time that expiries are compared with
   */
  public DeviceCheck(ArtifactSource source, byte[] pinnedRoot, InstantSource clock) {
    this.source = source;
    this.pinnedRoot = pinnedRoot.clone();
    this.clock = clock;
  }

  /**
   * Looks for a release.
   *
   * @return what a device then knows to be current
   * @throws TufException if a device would refuse what it is told
   * @throws TransferException with {@code NOT_FOUND} if it does not find the release or a file, or
   *     with what keeps it from reading them
   */
  public TufVersions require(ModelId line, ModelVersion version) {
    Path scratch = scratch();
    try {
      TufClient client =
          new TufClient(
              pinnedRoot,
              new SourceTufRepository(source),
              TufStore.at(scratch),
              TufLimits.defaults(),
              clock);
      TufVersions seen = client.refresh();
      byte[] json = target(client, RepositoryPaths.manifest(line, version));
      byte[] signature = target(client, RepositoryPaths.signature(line, version));
      requireSame(RepositoryPaths.manifest(line, version), json);
      new ReleasePapers(SignedRelease.of(json, signature)).blobs().forEach(this::requireEnds);
      return seen;
    } finally {
      delete(scratch);
    }
  }

  private byte[] target(TufClient client, String path) {
    TufTarget target = client.findTarget(path).orElseThrow(() -> absent(path));
    return client.document(target, SignedRelease.MAX_MANIFEST_BYTES);
  }

  /** Devices without update metadata read the same papers elsewhere. */
  private void requireSame(String path, byte[] json) {
    if (!Arrays.equals(source.document(path, SignedRelease.MAX_MANIFEST_BYTES), json)) {
      throw corrupt(path);
    }
  }

  private void requireEnds(Artifact blob) {
    int chunks = blob.chunks().size();
    if (chunks > 0) {
      requireChunk(blob, 0);
    }
    if (chunks > 1) {
      requireChunk(blob, chunks - 1);
    }
  }

  private void requireChunk(Artifact blob, int index) {
    long from = (long) index * Artifact.CHUNK_BYTES;
    int size = (int) Math.min(Artifact.CHUNK_BYTES, blob.sizeBytes() - from);
    try (ArtifactSource.BlobStream stream = source.open(blob.sha256(), from, size)) {
      stream.bytes().skipNBytes(from - stream.offsetBytes());
      byte[] chunk = stream.bytes().readNBytes(size);
      if (!Sha256.of(chunk).equals(blob.chunks().get(index))) {
        throw corrupt(blob.path());
      }
    } catch (IOException e) {
      throw new TransferException(
          Reason.UNREACHABLE,
          "'" + blob.path() + "' broke off (" + e + "): try again.",
          blob.path(),
          e);
    }
  }

  private TransferException absent(String path) {
    return new TransferException(
        Reason.NOT_FOUND,
        "A device that asks '" + source.describe() + "' does not find '" + path + "': push again.",
        path);
  }

  private TransferException corrupt(String path) {
    return new TransferException(
        Reason.CORRUPT,
        "A device that asks '"
            + source.describe()
            + "' gets another '"
            + path
            + "' than the one that was published: look at who else writes there, and at caches.",
        path);
  }

  private static Path scratch() {
    try {
      return Files.createTempDirectory("edgellm-device");
    } catch (IOException e) {
      throw new TransferException(
          Reason.IO, "There is no temporary directory (" + e + ").", null, e);
    }
  }

  private static void delete(Path scratch) {
    try (Stream<Path> all = Files.walk(scratch)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      // Some small files stay in the directory for temporary ones, which the system cleans up.
    }
  }
}
