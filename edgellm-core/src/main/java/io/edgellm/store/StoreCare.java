package io.edgellm.store;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.SignedRelease;
import java.util.List;

/**
 * Looking after what is in a store: whether the bytes are still right, and what to do if not. A
 * disk may change bytes long after they came, and a model that is not loaded is not looked at.
 *
 * <p>From {@link ModelStore#care()}. Thread-safe; methods throw {@link StoreException}.
 */
public final class StoreCare {
  private final StoreAccess access;
  private final StoreDoor door;

  StoreCare(StoreAccess access, StoreDoor door) {
    this.access = access;
    this.door = door;
  }

  /**
   * Reads every file of the store and compares it with the manifests. Changes nothing, waits for
   * nobody, and keeps nobody waiting. An interrupt of the thread ends it early.
   *
   * <p>Whether signatures are genuine is not looked at: {@link Lease#verify} does that.
   */
  public VerifyReport verify(CareListener listener) {
    return door.reading(
        "verifying the store",
        () -> new Verification(access, new Hashing(access.layout(), listener)).store());
  }

  /**
   * Reads every file of a version and compares it with the manifest; see {@link
   * #verify(CareListener)}.
   *
   * @throws StoreException with {@code NOT_INSTALLED}
   */
  public VerifyReport verify(ModelId model, ModelVersion version, CareListener listener) {
    return door.reading(
        "verifying a version",
        () -> {
          requireInstalled(model, version);
          return new Verification(access, new Hashing(access.layout(), listener))
              .version(model, version);
        });
  }

  /**
   * Repairs what can be repaired with what is in the store: damaged files from an intact copy in
   * another place, the record of what is active from its copy. What is damaged, and what does not
   * belong where it is, goes into quarantine.
   *
   * <p>A version may be active and in use meanwhile: each file is replaced in one step, and who has
   * the old one open or mapped keeps it. Files of which no intact copy is left are in the report,
   * and {@link ModelStore#missing} names them; fetch them as for an installation, and repair once
   * more.
   *
   * <p>Damaged papers need those of the release: {@link #repair(SignedRelease, ModelVerifier)}.
   */
  public RepairReport repair(CareListener listener) {
    return door.changing(
        "repairing the store",
        () -> new Repair(access, new Hashing(access.layout(), listener)).store());
  }

  /**
   * Repairs the files of one version; see {@link #repair(CareListener)}.
   *
   * @throws StoreException with {@code NOT_INSTALLED}
   */
  public RepairReport repair(ModelId model, ModelVersion version, CareListener listener) {
    return door.changing(
        "repairing a version",
        () -> {
          requireInstalled(model, version);
          return new Repair(access, new Hashing(access.layout(), listener)).version(model, version);
        });
  }

  /**
   * Repairs an installed version whose manifest, signature or receipt may be damaged, too, with the
   * papers of its release. They are replaced after the verifier found the whole release in order;
   * that it is not current any more is no hindrance.
   *
   * @return with files to fetch if some are lost; then the papers are as they were
   * @throws io.edgellm.trust.TrustException if the verifier rejects the release
   * @throws StoreException with {@code NOT_INSTALLED}: then install it
   */
  public RepairReport repair(SignedRelease release, ModelVerifier verifier) {
    return door.changing(
        "repairing a version",
        () -> {
          requireInstalled(release.manifest().model(), release.manifest().version());
          return new PaperRepair(access).run(release, verifier);
        });
  }

  private void requireInstalled(ModelId model, ModelVersion version) {
    InstalledVersions installed = new InstalledVersions(access.layout());
    if (!installed.isInstalled(model, version)) {
      throw InstalledVersions.notInstalled(model, version);
    }
  }

  /** Returns what was taken out of the way, the oldest first. */
  public List<Quarantined> quarantined() {
    return door.reading("reading the quarantine", () -> List.copyOf(new Quarantine(access).list()));
  }

  /**
   * Deletes something from quarantine before its time; does nothing if it is not there. Garbage
   * collection deletes what is older than {@link StoreOptions#quarantineRetention()}.
   */
  public void discard(Quarantined thing) {
    door.changing(
        "emptying the quarantine",
        () ->
            access.underStoreLock(
                () -> {
                  new Quarantine(access).discard(thing);
                  return thing;
                }));
  }
}
