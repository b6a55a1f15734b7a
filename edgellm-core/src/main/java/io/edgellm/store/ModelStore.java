package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.VerifiedModel;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The models on the disk of a device.
 *
 * <p>The way of a release through it: fetch what is {@link #missing} file by file ({@link
 * #openPartial}), {@link #install} it, {@link #lease(ModelId, ModelVersion) lease} and verify it,
 * {@link #activate} it, load it, and either {@link #markHealthy} or {@link #rollBack}.
 *
 * <p>At every instant, a power cut included, a version is in the store with all its files or not at
 * all, and exactly one version of a model, or none, is active. When a method returns, what it did
 * is durable. {@link ModelState} tells what the states are; decision 002 in the documentation says
 * why a small file is the authority.
 *
 * <p>Thread-safe, and several processes may open one directory; file systems without working locks
 * between hosts (most network mounts) belong to one host at a time. All methods throw {@link
 * StoreException}, with {@code BUSY} where another thread or process is in the way for longer than
 * {@link StoreOptions#lockWait()}.
 */
public final class ModelStore implements AutoCloseable {
  private final StoreAccess access;
  private final StoreDoor door;
  private final BlobStore blobs;
  private final InstalledVersions installed;
  private final Activation activation;
  private final StateFile states;
  private final RecoveryReport recovery;

  private ModelStore(StoreAccess access) throws IOException {
    this.access = access;
    this.door = new StoreDoor(access);
    this.blobs = new BlobStore(access);
    this.installed = new InstalledVersions(access.layout());
    this.states = new StateFile(access.layout(), access.disk());
    CurrentLink link = new CurrentLink(access.layout(), access.disk());
    this.activation = new Activation(access, installed, states, link);
    Recovery opening = new Recovery(access, installed, states, link);
    this.recovery = access.isWritable() ? access.underStoreLock(opening::run) : opening.look();
  }

  /**
   * Opens a store, creates it if there is none, and brings one that a crash left in the middle of
   * something to one side of it.
   *
   * @param root the store's own directory
   */
  public static ModelStore open(Path root, StoreOptions options) {
    return open(root, options, Disk.local());
  }

  static ModelStore open(Path root, StoreOptions options, Disk disk) {
    try {
      Recovery.createRoot(root.toAbsolutePath(), disk);
      StoreLayout layout = new StoreLayout(root.toRealPath());
      Recovery.requireKnownFormat(layout);
      disk.createDirectory(layout.control());
      Recovery.requireControlDirectory(layout);
      ProcessLocks locks = ProcessLocks.open(layout.locks());
      try {
        return new ModelStore(new StoreAccess(layout, disk, locks, options));
      } catch (Throwable e) {
        locks.close();
        throw e;
      }
    } catch (IOException e) {
      throw StoreException.of(e, "opening the store", root);
    }
  }

  /**
   * Opens an existing store for reading only: on a medium that cannot be written, or to watch it
   * from another process. Nothing is created, repaired or locked. Everything that would change the
   * store, and leases, which need a lock, are refused with {@code READ_ONLY}; what another process
   * removes may be gone while it is read.
   *
   * @throws StoreException with {@code UNSUPPORTED_FORMAT} if there is no store, or another one
   */
  public static ModelStore openReadOnly(Path root, StoreOptions options) {
    try {
      StoreLayout layout = new StoreLayout(root.toRealPath());
      Recovery.requireStore(layout);
      return new ModelStore(new StoreAccess(layout, Disk.local(), null, options));
    } catch (IOException e) {
      throw StoreException.of(e, "opening the store", root);
    }
  }

  /** Returns what opening found and repaired. */
  public RecoveryReport recovery() {
    return recovery;
  }

  /** Returns the files of a release that must be fetched, each digest once. */
  public List<Artifact> missing(ReleaseManifest manifest) {
    return door.reading("looking for files", () -> blobs.missing(manifest));
  }

  /**
   * Checks that everything that is missing of a release has room at once, beside what is still to
   * come of the downloads that this store has open.
   *
   * @throws StoreException with {@code NO_SPACE} or {@code QUOTA}, and the figures
   */
  public void requireSpace(ReleaseManifest manifest) {
    door.changing(
        "measuring space",
        () -> {
          blobs.requireSpace(manifest);
          return manifest;
        });
  }

  /**
   * Opens the unfinished download of a file, for this caller alone over all processes. Where the
   * quota has no room for it, the oldest content of the quarantine is deleted first.
   *
   * @return empty if the store has the whole file by now
   * @throws StoreException with {@code BUSY} if somebody else is fetching it, {@code NO_SPACE} or
   *     {@code QUOTA} if it has no room
   */
  public Optional<PartialBlob> openPartial(Artifact artifact) {
    return door.changing("opening a download", () -> blobs.openPartial(artifact));
  }

  /**
   * Opens a complete file by its digest, for reading: as the base of a delta, or for a peer. It
   * stays readable until it is closed, whatever becomes of the store. Its digest was checked when
   * it came; the disk may have changed it since.
   *
   * @return empty if the store does not have it
   */
  public Optional<FileChannel> readBlob(Sha256 digest) {
    return door.reading("opening a file", () -> blobs.read(digest));
  }

  /**
   * Takes missing files of a release from a directory of this machine: the cache of another tool, a
   * plain model directory, a stick, another store. They are found by size and digest, whatever
   * their names are, and linked where that is safe, else copied, each durable before the next. The
   * directory is only read; links in it are not followed out of it.
   *
   * <p>A call that was cut off is simply repeated. Until the release is installed its files belong
   * to no version; from the beginning of this call, garbage collection spares them for the grace,
   * however old they are, and longer by {@link #keepFiles(ReleaseManifest, Instant)}.
   *
   * @param directory it and everything below is looked through
   * @throws StoreException with {@code NO_SPACE}, {@code QUOTA}, or {@code BUSY} if somebody else
   *     is fetching one of the files or the thread is interrupted; what came before stays
   */
  public AdoptionReport adopt(
      ReleaseManifest manifest,
      Path directory,
      AdoptionOptions options,
      AdoptionListener listener) {
    return door.changing(
        "adopting files",
        () -> new Adoption(access, blobs, options, listener).run(manifest, directory));
  }

  /**
   * Spares the files of a release, complete or unfinished, from garbage collection until a time,
   * and for the grace beyond it, or until the release is installed. Files that come later are
   * spared as well; an earlier time than one that was given before changes nothing. While one of
   * the files is being fetched, none of them goes.
   */
  public void keepFiles(ReleaseManifest manifest, Instant until) {
    door.changing(
        "keeping files",
        () -> {
          new Keeps(access).keep(manifest, until);
          return manifest;
        });
  }

  /** Spares the files of a release for the grace from now on: what a delivery begins with. */
  public void keepFiles(ReleaseManifest manifest) {
    door.changing(
        "keeping files",
        () -> {
          new Keeps(access).keep(manifest);
          return manifest;
        });
  }

  /**
   * Installs a release whose files are all in the store. It is put together aside, verified there,
   * and appears under its name in one step. Nothing is activated.
   *
   * @param release its papers as they were published
   * @throws io.edgellm.trust.TrustException if the verifier rejects it, or if it is not current;
   *     nothing was changed, except that files whose bytes are wrong are {@link #missing} from now
   *     on
   * @throws StoreException with {@code ALREADY_INSTALLED} or {@code BLOB_MISSING}
   */
  public StoredModel install(SignedRelease release, ModelVerifier verifier) {
    return door.changing(
        "installing a release", () -> new Installation(access, blobs).install(release, verifier));
  }

  /**
   * Finds an installed version.
   *
   * @throws StoreException with {@code CORRUPT} if it is installed and cannot be read
   */
  public Optional<StoredModel> find(ModelId model, ModelVersion version) {
    return door.reading("looking for a version", () -> installed.find(model, version));
  }

  /** Returns every installed version that can be read. */
  public List<StoredModel> list() {
    return door.reading(
        "listing versions",
        () -> {
          List<StoredModel> all = new ArrayList<>();
          for (ModelId model : installed.models()) {
            all.addAll(installed.readable(model));
          }
          return List.copyOf(all);
        });
  }

  /** Returns every installed version of a model that can be read, in the order of versions. */
  public List<StoredModel> list(ModelId model) {
    return door.reading("listing versions", () -> List.copyOf(installed.readable(model)));
  }

  /**
   * Returns what is active.
   *
   * @throws StoreException with {@code CORRUPT_STATE} if the record is damaged
   */
  public ModelState state(ModelId model) {
    return door.reading("reading the state", () -> states.read(model));
  }

  /**
   * Activates an installed version, on trial. The last healthy version becomes the one to fall back
   * to. Does nothing if the version is active already.
   *
   * <p>A version that was not proven here must be current in the moment of this call, whatever
   * holds since its verification: see {@link VerifiedModel#requireAdmitted()}. If it is current by
   * the offline grace of the policy only, its receipt says so from then on. The version to fall
   * back to needs no admission, so that a device gets back without a connection.
   *
   * @param candidate verified in its installed directory, by {@link Lease#verify}
   * @throws io.edgellm.trust.TrustException with {@code NOT_CURRENT}, {@code EXPIRED} or {@code
   *     NOT_ATTESTED} if a new version is not admitted
   * @throws StoreException with {@code NOT_INSTALLED}, {@code MISMATCH} if something else was
   *     verified, or {@code BELOW_FLOOR} if its rollback index is too low
   */
  public ModelState activate(VerifiedModel candidate) {
    return door.changing("activating a version", () -> activation.activate(candidate));
  }

  /**
   * Counts one more attempt to load a version that is on trial; call it before each load. Does
   * nothing for a healthy one.
   *
   * @throws StoreException with {@code NOT_INSTALLED} if nothing is active
   */
  public ModelState chargeAttempt(ModelId model) {
    return door.changing("charging an attempt", () -> activation.chargeAttempt(model));
  }

  /**
   * Ends the trial of the active version, and raises the rollback floor to its rollback index.
   *
   * @throws StoreException with {@code NOT_CURRENT} if another version is active
   */
  public ModelState markHealthy(ModelId model, ModelVersion version) {
    return door.changing("marking a version healthy", () -> activation.markHealthy(model, version));
  }

  /**
   * Activates the last healthy version again, or, if there is none, the one that the device was
   * shipped with. What was active can afterwards be activated only as a new trial.
   *
   * @throws StoreException with {@code NO_PREVIOUS} if there is none (then {@link #deactivate} is
   *     the way out), or {@code BELOW_FLOOR} if its rollback index is too low, unless it is the
   *     factory version that {@link #resetToFactory} had made active before the trial
   */
  public ModelState rollBack(ModelId model) {
    return door.changing("rolling back", () -> activation.rollBack(model));
  }

  /**
   * Makes no version active: the way out for a first version that fails its trial. What may be
   * rolled back to stays so, and the rollback floor stays where it is. What was active stays
   * installed until garbage is collected, and can be activated only as a new trial. Does nothing if
   * nothing is active.
   */
  public ModelState deactivate(ModelId model) {
    return door.changing("deactivating a model", () -> activation.deactivate(model));
  }

  /**
   * Marks an installed version as the one that the device was shipped with, in place of the one
   * that was marked before, if any. It is never collected or removed, and it is what {@link
   * #rollBack} goes to when there is no earlier healthy version.
   *
   * @throws StoreException with {@code NOT_INSTALLED}
   */
  public ModelState markFactory(ModelId model, ModelVersion version) {
    return door.changing("marking a factory version", () -> activation.markFactory(model, version));
  }

  /**
   * Activates the version that the device was shipped with, as healthy, whatever its rollback index
   * is: this is for somebody who decides to give up every update, not for a program that reacts to
   * a failure. The rollback floor stays, so that nothing else below it can be activated. Does
   * nothing if that version is active.
   *
   * @throws StoreException with {@code NO_PREVIOUS} if no version is marked
   */
  public ModelState resetToFactory(ModelId model) {
    return door.changing("resetting a model", () -> activation.resetToFactory(model));
  }

  /** Keeps a version from garbage collection, until {@link #unpin}. */
  public ModelState pin(ModelId model, ModelVersion version) {
    return door.changing("pinning a version", () -> activation.pin(model, version));
  }

  /** Takes a pin away; does nothing if there is none. */
  public ModelState unpin(ModelId model, ModelVersion version) {
    return door.changing("unpinning a version", () -> activation.unpin(model, version));
  }

  /**
   * Leases what is active.
   *
   * @throws StoreException with {@code NOT_INSTALLED} if nothing is
   */
  public Lease lease(ModelId model) {
    return door.changing(
        "leasing a model", () -> new Leasing(access, installed).current(model, states));
  }

  /** Leases an installed version. */
  public Lease lease(ModelId model, ModelVersion version) {
    return door.changing(
        "leasing a model", () -> new Leasing(access, installed).of(model, version));
  }

  /**
   * Removes a version, readable or not.
   *
   * @throws StoreException with {@code IN_USE} if it is active, pinned or leased, or what an active
   *     version on trial would fall back to
   */
  public void remove(ModelId model, ModelVersion version) {
    door.changing("removing a version", () -> activation.remove(model, version));
  }

  /** Removes what nobody needs. */
  public GarbageReport collectGarbage() {
    return door.changing(
        "collecting garbage", () -> new GarbageCollection(access, installed, states).run());
  }

  /** Measures the store, and what is promised to downloads under way. */
  public StoreUsage usage() {
    return door.reading("measuring the store", () -> new Measurement(access, blobs).take());
  }

  /** Returns how to look after the bytes: verification, repair, quarantine. */
  public StoreCare care() {
    return new StoreCare(access, door);
  }

  /** Closes the store. Leases and downloads that are open stay valid until they are closed. */
  @Override
  public void close() {
    door.close();
  }
}
