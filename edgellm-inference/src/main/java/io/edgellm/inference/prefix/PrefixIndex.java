package io.edgellm.inference.prefix;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which prefixes of which models there are images of, and where. A prefix stands in the tree of its
 * model as long as it is in at least one place.
 *
 * <p>The callers take turns; {@link PrefixCache} has the lock.
 */
final class PrefixIndex {
  private static final class Shelf {
    final TokenTrie<Prefix> tree = new TokenTrie<>();
    final RecentPrompts recent = new RecentPrompts();
  }

  private final Map<ModelKey, Shelf> shelves = new HashMap<>();
  private final Set<Prefix> inMemory = new HashSet<>();
  private final Map<Prefix, String> onDisk = new HashMap<>();

  /** Returns whether the model was not known before. */
  boolean add(ModelKey model) {
    return shelves.putIfAbsent(model, new Shelf()) == null;
  }

  void remove(ModelKey model) {
    shelves.remove(model);
    inMemory.removeIf(p -> p.model().equals(model));
    onDisk.keySet().removeIf(p -> p.model().equals(model));
  }

  boolean knows(ModelKey model) {
    return shelves.containsKey(model);
  }

  /** Forgets all images and prompts, and keeps the models. */
  void clear() {
    inMemory.clear();
    onDisk.clear();
    shelves.replaceAll((model, shelf) -> new Shelf());
  }

  /** Returns the image that saves most of the first tokens of a prompt. */
  Optional<TokenTrie.Match<Prefix>> longest(ModelKey model, int[] prompt, int limit) {
    Shelf shelf = shelves.get(model);
    if (shelf == null || limit <= 0) {
      return Optional.empty();
    }
    return model.divisible()
        ? shelf.tree.longestShared(prompt, limit)
        : shelf.tree.longestWhole(prompt, limit);
  }

  /** Returns after how many tokens an image of a prompt is wanted, or 0; remembers the prompt. */
  int boundary(ModelKey model, int[] prompt, int marked, int fewest) {
    Shelf shelf = shelves.get(model);
    if (shelf == null) {
      return 0;
    }
    int there = longest(model, prompt, prompt.length).map(TokenTrie.Match::tokens).orElse(0);
    int end = Math.min(marked, prompt.length);
    int boundary = end - there >= fewest ? end : shelf.recent.parting(prompt, there, fewest);
    shelf.recent.add(prompt);
    return boundary;
  }

  boolean isInMemory(Prefix prefix) {
    return inMemory.contains(prefix);
  }

  boolean isOnDisk(Prefix prefix) {
    return onDisk.containsKey(prefix);
  }

  void cameToMemory(Prefix prefix) {
    inMemory.add(prefix);
    enter(prefix);
  }

  void leftMemory(Prefix prefix) {
    inMemory.remove(prefix);
    leaveIfGone(prefix);
  }

  void cameToDisk(Prefix prefix) {
    onDisk.put(prefix, prefix.fileName());
    enter(prefix);
  }

  void leftDisk(Prefix prefix) {
    onDisk.remove(prefix);
    leaveIfGone(prefix);
  }

  /** Forgets the files of these names. */
  void leftDisk(Set<String> fileNames) {
    List<Prefix> gone =
        onDisk.entrySet().stream()
            .filter(e -> fileNames.contains(e.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    gone.forEach(this::leftDisk);
  }

  private void enter(Prefix prefix) {
    Shelf shelf = shelves.get(prefix.model());
    if (shelf != null) {
      shelf.tree.put(prefix.tokens(), prefix);
    }
  }

  private void leaveIfGone(Prefix prefix) {
    Shelf shelf = shelves.get(prefix.model());
    if (shelf != null && !isInMemory(prefix) && !isOnDisk(prefix)) {
      shelf.tree.remove(prefix.tokens());
    }
  }
}
