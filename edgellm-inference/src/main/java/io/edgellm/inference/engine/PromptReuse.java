package io.edgellm.inference.engine;

import io.edgellm.inference.graph.CacheAbility;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.prefix.ModelKey;
import io.edgellm.inference.prefix.PrefixCache;
import io.edgellm.inference.prefix.PrefixHit;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Spares new sequences the tokens that were read before: in a slot, or kept in memory or on disk.
 *
 * <p>For the scheduler's thread; closing it forgets what the cache has in memory of the model.
 */
final class PromptReuse implements AutoCloseable {
  private final DecoderGraph graph;
  private final SlotMemory slots;
  private final @Nullable PrefixCache cache;
  private final ModelKey key;
  private final boolean canRewind;
  private final int[] boundaries;

  /**
   * @param cache keeps what slots forget; null if nothing shall
   * @param key whose caches can be taken for this model's
   */
  PromptReuse(DecoderGraph graph, @Nullable PrefixCache cache, ModelKey key) {
    this.graph = graph;
    this.canRewind = graph.abilities().contains(CacheAbility.REWIND);
    this.slots =
        new SlotMemory(graph.slots(), canRewind, graph.abilities().contains(CacheAbility.FORK));
    this.cache = graph.abilities().contains(CacheAbility.SNAPSHOT) ? cache : null;
    this.key = key;
    this.boundaries = new int[graph.slots()];
    if (this.cache != null) {
      this.cache.attach(key);
    }
  }

  /**
   * Chooses a slot for a request, whose cache then holds the first tokens of its prompt, or none.
   *
   * @param isFree whether a slot may be taken; one at least
   */
  int place(Request request, IntPredicate isFree) {
    int[] prompt = request.prompt();
    SlotMemory.Place place =
        slots.choose(prompt, request.reusable(), request.adapter(), graph::length, isFree);
    int slot = place.slot();
    boundaries[slot] = 0;
    keepFirst(place);
    if (cache != null && request.reusable() > 0 && request.adapter() == null) {
      restore(cache, slot, prompt);
      boundaries[slot] = cache.boundary(key, prompt, request.marked());
      if (canRewind && graph.length(slot) >= boundaries[slot]) {
        keep(slot, prompt);
      }
    }
    return slot;
  }

  private void keepFirst(SlotMemory.Place place) {
    int slot = place.slot();
    if (place.from() != slot) {
      graph.clear(slot);
      graph.copy(place.from(), slot, place.tokens());
    } else if (place.tokens() == 0) {
      graph.clear(slot);
    } else if (place.tokens() < graph.length(slot)) {
      graph.rewind(slot, place.tokens());
    }
  }

  private void restore(PrefixCache from, int slot, int[] prompt) {
    Optional<PrefixHit> found = from.longest(key, prompt, graph.length(slot));
    if (found.isPresent()) {
      try (PrefixHit hit = found.get()) {
        graph.clear(slot);
        graph.restore(slot, hit.imageTokens(), hit.image());
        if (hit.tokens() < hit.imageTokens()) {
          graph.rewind(slot, hit.tokens());
        }
      }
    }
  }

  /** Takes note of the tokens of a slot, to which more may come. */
  void begin(int slot, int[] tokens, @Nullable String adapter) {
    slots.begin(slot, tokens, adapter);
  }

  /** Returns where a chunk has to end, so that what was computed up to there can be kept. */
  int endOfChunk(int slot, int from, int to) {
    return from < boundaries[slot] ? Math.min(boundaries[slot], to) : to;
  }

  /** Keeps what was computed, if a chunk ended where that is worth it. */
  void chunkRead(int slot, int[] tokens) {
    if (boundaries[slot] > 0 && graph.length(slot) == boundaries[slot]) {
      keep(slot, tokens);
    }
  }

  private void keep(int slot, int[] tokens) {
    int count = boundaries[slot];
    boundaries[slot] = 0;
    if (cache != null && count > 0) {
      cache.keep(
          key, tokens, count, graph.imageBytes(count), into -> graph.save(slot, count, into));
    }
  }

  @Override
  public void close() {
    if (cache != null) {
      cache.detach(key);
    }
  }
}
