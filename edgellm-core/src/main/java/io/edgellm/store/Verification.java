package io.edgellm.store;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares what is in the store with what its manifests and names say, and changes nothing.
 *
 * <p>It takes no lock, so that it works where nothing can be written, and keeps nobody waiting. A
 * version that somebody removes meanwhile is not there, which is no finding.
 */
final class Verification {
  private final StoreLayout layout;
  private final InstalledVersions installed;
  private final StateFile states;
  private final ForeignFiles foreign;
  private final Hashing hashing;
  private final List<StoreFinding> findings = new ArrayList<>();

  Verification(StoreAccess access, Hashing hashing) {
    this.layout = access.layout();
    this.installed = new InstalledVersions(layout);
    this.states = new StateFile(layout, access.disk());
    this.foreign = new ForeignFiles(layout);
    this.hashing = hashing;
  }

  VerifyReport version(ModelId model, ModelVersion version) throws IOException {
    return report(() -> addVersion(model, version));
  }

  VerifyReport store() throws IOException {
    return report(this::addEverything);
  }

  private interface Part {
    void look() throws IOException;
  }

  private VerifyReport report(Part part) throws IOException {
    boolean complete = true;
    try {
      part.look();
    } catch (Hashing.Ended e) {
      complete = false;
    }
    return new VerifyReport(findings, hashing.files(), hashing.readBytes(), complete);
  }

  private void addEverything() throws IOException {
    for (ModelId model : installed.models()) {
      addState(model);
      for (ModelVersion version : installed.versions(model)) {
        addVersion(model, version);
      }
      for (Path path : foreign.inTheWayOf(model)) {
        add(StoreFinding.Kind.FOREIGN, path, model, null);
      }
      addAll(StoreFinding.Kind.STRAY, foreign.harmlessIn(model));
    }
    addBlobs();
    addAll(StoreFinding.Kind.FOREIGN, foreign.amongBlobs());
    addAll(StoreFinding.Kind.STRAY, foreign.harmless());
  }

  private void addState(ModelId model) throws IOException {
    for (StateFile.Fault fault : states.faults(model)) {
      add(fault.kind(), fault.file(), model, null);
    }
  }

  private void addVersion(ModelId model, ModelVersion version) throws IOException {
    int before = findings.size();
    Path directory = layout.version(model, version);
    for (String name : Papers.damaged(directory, model, version)) {
      add(StoreFinding.Kind.BAD_PAPERS, directory.resolve(name), model, version);
    }
    Optional<ReleaseManifest> manifest = Papers.manifest(directory, model, version);
    if (manifest.isPresent()) {
      for (Artifact file : manifest.get().files()) {
        Optional<StoreFinding.Kind> fault = hashing.fault(directory, file);
        fault.ifPresent(f -> add(f, directory.resolve(file.path()), model, version));
      }
      for (Path path : foreign.inVersion(directory, manifest.get())) {
        add(StoreFinding.Kind.FOREIGN, path, model, version);
      }
    }
    if (!installed.isInstalled(model, version)) {
      findings.subList(before, findings.size()).clear();
    }
  }

  private void addBlobs() throws IOException {
    for (Path blob : FileTree.children(layout.blobs())) {
      Optional<Sha256> digest = StoreLayout.digest(blob);
      if (digest.isPresent() && PlainFile.isThere(blob)) {
        hashing.fault(blob, digest.get()).ifPresent(fault -> add(fault, blob, null, null));
      }
    }
  }

  private void addAll(StoreFinding.Kind kind, List<Path> paths) {
    paths.forEach(path -> add(kind, path, null, null));
  }

  private void add(
      StoreFinding.Kind kind, Path path, @Nullable ModelId model, @Nullable ModelVersion version) {
    findings.add(new StoreFinding(kind, layout.relative(path), model, version));
  }
}
