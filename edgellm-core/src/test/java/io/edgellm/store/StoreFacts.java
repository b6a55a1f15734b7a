package io.edgellm.store;

import io.edgellm.model.ModelId;
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
 */
record StoreFacts(
    boolean exists, Map<ModelId, ModelState> states, Set<String> versions, Set<String> blobs) {

  /** Nothing, not even a store. */
  static final StoreFacts NONE = new StoreFacts(false, Map.of(), Set.of(), Set.of());

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
    return new StoreFacts(true, states, versions, blobs);
  }

  /** Returns the state of a model, null if it has none. */
  @Nullable ModelState state(ModelId model) {
    return states.get(model);
  }
}
