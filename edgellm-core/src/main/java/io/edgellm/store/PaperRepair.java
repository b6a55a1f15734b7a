package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.SignedRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Heals an installed version with the papers of its release at hand: first its files, then the
 * papers, from a directory that was put together aside and verified as for an installation.
 */
final class PaperRepair {
  private final StoreAccess access;
  private final Quarantine quarantine;
  private final List<String> healed = new ArrayList<>();
  private final List<Quarantined> quarantined = new ArrayList<>();

  PaperRepair(StoreAccess access) {
    this.access = access;
    this.quarantine = new Quarantine(access);
  }

  RepairReport run(SignedRelease release, ModelVerifier verifier) throws IOException {
    ReleaseManifest manifest = release.manifest();
    RepairReport files = new Repair(access, hashing()).files(manifest);
    if (!files.toFetch().isEmpty()) {
      return files;
    }
    healed.addAll(files.healed());
    quarantined.addAll(files.quarantined());
    Installation installation = new Installation(access, new BlobStore(access));
    installation.assemble(
        release,
        verifier,
        (staging, verified) -> {
          installation.addReceipt(verified.receipt(), staging);
          access.underStoreLock(() -> replacePapers(manifest, staging));
          FileTree.delete(access.disk(), staging);
          return staging;
        });
    VerifyReport after =
        new Verification(access, hashing()).version(manifest.model(), manifest.version());
    return new RepairReport(healed, quarantined, List.of(), after.findings(), after.complete());
  }

  private Hashing hashing() {
    return new Hashing(access.layout(), CareListener.NONE);
  }

  private Path replacePapers(ReleaseManifest manifest, Path staging) throws IOException {
    Path version = access.layout().version(manifest.model(), manifest.version());
    List<String> damaged = Papers.damaged(version, manifest.model(), manifest.version());
    for (String name : Papers.NAMES) {
      // A sound receipt tells of the installation, which this is not.
      boolean kept = name.equals(ReleaseManifest.RECEIPT_FILE_NAME) && !damaged.contains(name);
      if (!kept && !same(staging.resolve(name), version.resolve(name))) {
        replace(staging.resolve(name), version.resolve(name));
      }
    }
    return version;
  }

  private static boolean same(Path published, Path installed) throws IOException {
    if (!PlainFile.isThere(published)) {
      return !PlainFile.isThere(installed);
    }
    return PlainFile.isFile(installed) && Files.mismatch(published, installed) < 0;
  }

  private void replace(Path published, Path installed) throws IOException {
    Disk disk = access.disk();
    StoreFinding.Kind why = StoreFinding.Kind.BAD_PAPERS;
    if (PlainFile.isFile(installed) && PlainFile.isThere(published)) {
      quarantined.add(quarantine.keep(installed, why));
    } else if (PlainFile.isThere(installed)) {
      quarantined.add(quarantine.take(installed, why));
    }
    if (PlainFile.isThere(published)) {
      disk.move(published, installed);
      disk.forceDirectory(installed.resolveSibling(""));
    }
    healed.add(access.layout().relative(installed));
  }
}
