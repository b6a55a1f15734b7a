package io.edgellm.transfer.oci;

import io.edgellm.model.ModelId;
import io.edgellm.model.Sha256;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * In which repositories a blob may be: a registry has blobs per repository, and devices know only
 * their digests. Thread-safe.
 */
final class BlobPlaces {
  private static final int MAX_LINES = 64;
  private static final int MAX_BLOBS = 4096;

  private final List<String> configured;
  private final Set<String> asked = new LinkedHashSet<>();
  private final Map<Sha256, String> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sha256, String> eldest) {
          return size() > MAX_BLOBS;
        }
      };

  BlobPlaces(List<ModelId> lines) {
    this.configured = lines.stream().map(ModelId::value).toList();
  }

  /** Remembers that a repository was asked for papers. */
  synchronized void asked(String repository) {
    asked.remove(repository);
    if (asked.size() == MAX_LINES) {
      asked.remove(asked.iterator().next());
    }
    asked.add(repository);
  }

  /** Remembers what a repository has. */
  synchronized void has(String repository, Collection<Sha256> blobs) {
    blobs.forEach(blob -> known.put(blob, repository));
  }

  /** Returns where to look for a blob, the likeliest repository first. */
  synchronized List<String> of(Sha256 blob) {
    Set<String> candidates = new LinkedHashSet<>();
    Optional.ofNullable(known.get(blob)).ifPresent(candidates::add);
    List<String> latestFirst = new ArrayList<>(asked);
    Collections.reverse(latestFirst);
    candidates.addAll(latestFirst);
    candidates.addAll(configured);
    return List.copyOf(candidates);
  }
}
