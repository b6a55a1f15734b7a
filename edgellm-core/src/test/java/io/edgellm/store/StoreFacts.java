package io.edgellm.store;

import io.edgellm.model.ModelId;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a caller of a store can know of it.
 *
 * @param exists whether there is a store at all
 * @param states what is active, of models that have or had something active
 * @param versions what is installed, as {@code model version}
 * @param blobs the names of the files that need not be fetched
 * @param damaged the paths of what is known to be damaged or foreign
 * @param evidence the digests of everything damaged, where it stood or in quarantine
 * @param quarantined what is in quarantine: where from, and the digest
 * @param keeps which files of releases to come are spared: name and digest of each keep
 */
record StoreFacts(
    boolean exists,
    Map<ModelId, ModelState> states,
    Set<String> versions,
    Set<String> blobs,
    Set<String> damaged,
    Set<String> evidence,
    Set<String> quarantined,
    Set<String> keeps) {

  /** Nothing, not even a store. */
  static final StoreFacts NONE =
      new StoreFacts(false, Map.of(), Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

  static StoreFacts of(ModelStore store, Path root) throws IOException {
    StoreLayout layout = new StoreLayout(root);
    Map<ModelId, ModelState> states = new TreeMap<>();
    Set<String> versions = new TreeSet<>();
    for (ModelId model : new InstalledVersions(layout).models()) {
      ModelState state = store.state(model);
      if (state.generation() > 0) {
        states.put(model, state);
      }
      new InstalledVersions(layout).versions(model).forEach(v -> versions.add(model + " " + v));
    }
    Set<String> blobs = new TreeSet<>();
    for (Path blob : FileTree.children(layout.blobs())) {
      blobs.add(String.valueOf(blob.getFileName()));
    }
    Set<String> damaged = new TreeSet<>();
    Set<String> evidence = new TreeSet<>();
    for (StoreFinding finding : store.care().verify(CareListener.NONE).findings()) {
      damaged.add(finding.path());
      addDigest(root.resolve(finding.path()), evidence);
    }
    blobs.removeIf(name -> damaged.contains(".edgellm/blobs/" + name));
    Set<String> quarantined = new TreeSet<>();
    for (Quarantined thing : store.care().quarantined()) {
      addDigest(thing.content(), evidence);
      quarantined.add(thing.from() + " " + thing.why() + " " + digest(thing.content()));
    }
    Set<String> keeps = new TreeSet<>();
    for (Path keep : FileTree.children(layout.keeps())) {
      keeps.add(keep.getFileName() + " " + digest(keep));
    }
    return new StoreFacts(true, states, versions, blobs, damaged, evidence, quarantined, keeps);
  }

  private static void addDigest(Path path, Set<String> digests) throws IOException {
    if (PlainFile.isFile(path)) {
      digests.add(digest(path));
    }
  }

  private static String digest(Path path) throws IOException {
    return PlainFile.isFile(path) ? Sha256.of(path).hex() : "no file";
  }

  /** Returns the state of a model, null if it has none. */
  @Nullable ModelState state(ModelId model) {
    return states.get(model);
  }
}
