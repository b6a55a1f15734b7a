package io.edgellm.store;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds out which versions need which files. */
final class UsageScan {
  private record Owner(ModelId model, ModelVersion version) {}

  private static final class Counted {
    final long bytes;
    final Set<Owner> owners = new HashSet<>();

    Counted(long bytes) {
      this.bytes = bytes;
    }
  }

  private final StoreLayout layout;
  private final InstalledVersions installed;
  private final Map<Object, Counted> files = new HashMap<>();
  // Of a version, or of a whole model.
  private final Map<Object, Long> exclusive = new HashMap<>();
  private final Map<Object, Long> shared = new HashMap<>();

  private UsageScan(StoreLayout layout) {
    this.layout = layout;
    this.installed = new InstalledVersions(layout);
  }

  /** Returns what each model and version takes. */
  static List<StoreUsage.Model> models(StoreLayout layout) throws IOException {
    UsageScan scan = new UsageScan(layout);
    Map<ModelId, List<ModelVersion>> versions = scan.count();
    scan.addUp();
    List<StoreUsage.Model> models = new ArrayList<>();
    for (ModelId model : scan.installed.models()) {
      models.add(scan.model(model, versions.getOrDefault(model, List.of())));
    }
    models.removeIf(m -> m.versions().isEmpty());
    return models;
  }

  private Map<ModelId, List<ModelVersion>> count() throws IOException {
    Map<ModelId, List<ModelVersion>> versions = new HashMap<>();
    for (ModelId model : installed.models()) {
      versions.put(model, installed.versions(model));
      for (ModelVersion version : installed.versions(model)) {
        count(new Owner(model, version));
      }
    }
    return versions;
  }

  private void count(Owner owner) throws IOException {
    Path directory = layout.version(owner.model(), owner.version());
    FileSizes.visit(directory, (key, bytes) -> add(key, bytes, owner));
    // Where files are copied, the complete file in the store is a second one.
    Set<Sha256> needed = new HashSet<>();
    Papers.manifest(directory, owner.model(), owner.version())
        .map(ReleaseManifest::files)
        .ifPresent(all -> all.stream().map(Artifact::sha256).forEach(needed::add));
    for (Sha256 digest : needed) {
      FileSizes.visit(layout.blob(digest), (key, bytes) -> add(key, bytes, owner));
    }
  }

  private void add(Object key, long bytes, Owner owner) {
    files.computeIfAbsent(key, k -> new Counted(bytes)).owners.add(owner);
  }

  private void addUp() {
    for (Counted file : files.values()) {
      Set<ModelId> models = new HashSet<>();
      for (Owner owner : file.owners) {
        models.add(owner.model());
        (file.owners.size() == 1 ? exclusive : shared).merge(owner, file.bytes, Long::sum);
      }
      for (ModelId model : models) {
        (models.size() == 1 ? exclusive : shared).merge(model, file.bytes, Long::sum);
      }
    }
  }

  private StoreUsage.Model model(ModelId model, List<ModelVersion> versions) {
    List<StoreUsage.Version> each = new ArrayList<>();
    for (ModelVersion version : versions) {
      Owner owner = new Owner(model, version);
      each.add(new StoreUsage.Version(version, of(exclusive, owner), of(shared, owner)));
    }
    return new StoreUsage.Model(model, of(exclusive, model), of(shared, model), each);
  }

  private static long of(Map<Object, Long> sums, Object owner) {
    return sums.getOrDefault(owner, 0L);
  }
}
