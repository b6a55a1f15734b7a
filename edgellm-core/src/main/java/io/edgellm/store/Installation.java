package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Artifact;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.VerificationReceipt;
import io.edgellm.trust.VerifiedModel;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Puts a version together in a staging directory, has it verified there, and publishes it by one
 * rename.
 *
 * <p>Everything below the staging directory is forced before the rename, files first, then
 * directories from the bottom up. Without that a power cut leaves empty files under the new name.
 */
final class Installation {
  private final StoreAccess access;
  private final BlobStore blobs;

  Installation(StoreAccess access, BlobStore blobs) {
    this.access = access;
    this.blobs = blobs;
  }

  /** What is done with a version that was put together and verified. */
  interface Use<T> {
    T of(Path staging, VerifiedModel verified) throws IOException;
  }

  StoredModel install(SignedRelease release, ModelVerifier verifier) throws IOException {
    ReleaseManifest manifest = release.manifest();
    requireAbsent(manifest);
    requireBlobs(manifest);
    return assemble(
        release,
        verifier,
        (staging, verified) -> {
          VerificationReceipt receipt =
              verified.receipt().withAdmission(verified.requireAdmitted());
          addReceipt(receipt, staging);
          Path target = access.underStoreLock(() -> publish(manifest, staging));
          return new StoredModel(target, manifest, receipt);
        });
  }

  /** Puts a version together aside, has it verified, and hands it on; what is left is deleted. */
  <T> T assemble(SignedRelease release, ModelVerifier verifier, Use<T> use) throws IOException {
    ReleaseManifest manifest = release.manifest();
    Path staging = access.layout().staging().resolve(UUID.randomUUID().toString());
    ProcessLocks.Held owner = own(staging);
    try {
      stage(release, staging);
      return use.of(staging, verify(manifest, verifier, staging));
    } catch (TrustException e) {
      // Some file on the disk may have changed since it was fetched: then it is fetched again.
      blobs.setAsideCorrupt(manifest);
      throw removing(e, staging);
    } catch (StoreException e) {
      throw removing(e, staging);
    } catch (IOException e) {
      throw removing(e, staging);
    } finally {
      owner.close();
    }
  }

  private void requireAbsent(ReleaseManifest manifest) throws IOException {
    StoreLayout layout = access.layout();
    Path line = layout.model(manifest.model());
    Path version = layout.version(manifest.model(), manifest.version());
    if (PlainFile.isDirectory(line) && PlainFile.isDirectory(version)) {
      throw new StoreException(
          StoreException.Reason.ALREADY_INSTALLED,
          "'"
              + manifest.title()
              + "' is installed already. A version never changes: publish changes under a new"
              + " version.",
          manifest.title());
    }
    requireName(line);
    requireName(version);
  }

  /**
   * Requires that nothing else has a name. A name that differs only in case is the same one to some
   * file systems, and would become it when the store is moved there.
   */
  private static void requireName(Path path) throws IOException {
    String name = String.valueOf(path.getFileName());
    if (PlainFile.isOtherThanDirectory(path)) {
      throw clash(path, "which is not a directory");
    }
    for (Path other : FileTree.children(path.resolveSibling(""))) {
      String taken = String.valueOf(other.getFileName());
      if (taken.equalsIgnoreCase(name) && !taken.equals(name)) {
        throw clash(other, "which differs from '" + name + "' only in case");
      }
    }
  }

  private static StoreException clash(Path path, String how) {
    return new StoreException(
        StoreException.Reason.NAME_CLASH,
        "'" + path + "' is in the way, " + how + ": move it away.",
        path.toString());
  }

  private void requireBlobs(ReleaseManifest manifest) throws IOException {
    List<Artifact> missing = blobs.missing(manifest);
    if (!missing.isEmpty()) {
      throw missing(manifest, missing.get(0), missing.size());
    }
  }

  private static StoreException missing(ReleaseManifest manifest, Artifact first, int count) {
    return new StoreException(
        StoreException.Reason.BLOB_MISSING,
        count
            + " of the files of '"
            + manifest.title()
            + "' must be fetched first, beginning with '"
            + first.path()
            + "'.",
        first.path());
  }

  private ProcessLocks.Held own(Path staging) throws IOException {
    return access
        .locks()
        .tryExclusive(StoreLayout.stagingLock(staging))
        .orElseThrow(() -> new IOException(staging + " is taken"));
  }

  private void stage(SignedRelease release, Path staging) throws IOException {
    ReleaseManifest manifest = release.manifest();
    Disk disk = access.disk();
    NavigableSet<Path> directories = createDirectories(manifest, staging);
    for (Artifact file : manifest.files()) {
      link(manifest, file, staging.resolve(file.path()));
    }
    writeReadOnly(staging.resolve(ReleaseManifest.FILE_NAME), release.manifestJson());
    writeReadOnly(staging.resolve(ReleaseManifest.SIGNATURE_FILE_NAME), release.signature());
    Optional<byte[]> attestations = release.attestations();
    if (attestations.isPresent()) {
      writeReadOnly(staging.resolve(ReleaseManifest.ATTESTATIONS_FILE_NAME), attestations.get());
    }
    // The staging directory itself is forced when the receipt is in it.
    for (Path directory : directories.tailSet(staging, false).descendingSet()) {
      disk.forceDirectory(directory);
    }
  }

  /** Creates what the paths of the files need; a directory sorts before what is in it. */
  private NavigableSet<Path> createDirectories(ReleaseManifest manifest, Path staging)
      throws IOException {
    TreeSet<Path> directories = new TreeSet<>();
    for (Artifact file : manifest.files()) {
      Path parent = staging.resolve(file.path()).getParent();
      for (Path p = parent; p != null && p.startsWith(staging); p = p.getParent()) {
        directories.add(p);
      }
    }
    directories.add(staging);
    for (Path directory : directories) {
      access.disk().createDirectory(directory);
    }
    return directories;
  }

  private void link(ReleaseManifest manifest, Artifact file, Path target) throws IOException {
    Path blob = access.layout().blob(file.sha256());
    try {
      access.disk().link(target, blob);
    } catch (NoSuchFileException e) {
      throw missing(manifest, file, 1);
    } catch (IOException e) {
      // No hard links here, or too many of this file.
      access.disk().copy(blob, target);
      access.disk().force(target);
      access.disk().makeReadOnly(target);
    }
  }

  private void writeReadOnly(Path file, byte[] bytes) throws IOException {
    access.disk().write(file, bytes);
    access.disk().force(file);
    access.disk().makeReadOnly(file);
  }

  private static VerifiedModel verify(
      ReleaseManifest manifest, ModelVerifier verifier, Path staging) {
    VerifiedModel verified = verifier.verify(staging).orElseThrow();
    if (!verified.manifest().equals(manifest)) {
      throw new StoreException(
          StoreException.Reason.MISMATCH,
          "The verifier speaks of '"
              + verified.title()
              + "', not of the manifest of '"
              + manifest.title()
              + "': install with a verifier that reads the directory that it is given.",
          manifest.title());
    }
    return verified;
  }

  void addReceipt(VerificationReceipt receipt, Path staging) throws IOException {
    writeReadOnly(staging.resolve(ReleaseManifest.RECEIPT_FILE_NAME), receipt.toJson());
    access.disk().forceDirectory(staging);
  }

  private Path publish(ReleaseManifest manifest, Path staging) throws IOException {
    Disk disk = access.disk();
    StoreLayout layout = access.layout();
    Path target = layout.version(manifest.model(), manifest.version());
    requireAbsent(manifest);
    Path line = layout.model(manifest.model());
    disk.createDirectory(line);
    disk.forceDirectory(layout.root());
    disk.move(staging, target);
    disk.forceDirectory(line);
    disk.forceDirectory(layout.staging());
    new Keeps(access).end(manifest);
    return target;
  }

  private <E extends Exception> E removing(E failure, Path staging) {
    try {
      FileTree.delete(access.disk(), staging);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }
}
