package io.edgellm.inference.prefix;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The images in memory, bounded by the sum of their bytes.
 *
 * <p>Caffeine decides who goes (W-TinyLFU): a newcomer has to be asked for more often than the one
 * that it would drive out, so that a run of prompts that come once leaves the system prompts of the
 * day where they are. All its work is done on the calling thread; there is no thread of its own.
 *
 * <p>The callers take turns; {@link PrefixCache} has the lock.
 */
final class HostTier {
  private final Cache<Prefix, Image> images;
  private final Policy.Eviction<Prefix, Image> bound;
  private long evictions;

  /**
   * @param evicted hears of each image that had to go, before its memory is free
   */
  HostTier(long mostBytes, Consumer<Prefix> evicted) {
    this.images =
        Caffeine.newBuilder()
            .maximumWeight(mostBytes)
            .weigher((Prefix prefix, Image image) -> image.bytes())
            .executor(Runnable::run)
            .evictionListener(
                (prefix, image, cause) -> {
                  if (prefix != null && image != null) {
                    evictions++;
                    evicted.accept(prefix);
                    image.release();
                  }
                })
            .build();
    this.bound = images.policy().eviction().orElseThrow();
  }

  /** Returns an image that the caller holds. */
  Optional<Image> find(Prefix prefix) {
    return Optional.ofNullable(images.getIfPresent(prefix)).map(Image::retain);
  }

  boolean contains(Prefix prefix) {
    return images.asMap().containsKey(prefix);
  }

  /** Takes over the caller's hold of an image. */
  void put(Image image) {
    @Nullable Image before = images.asMap().put(image.prefix(), image);
    if (before != null) {
      before.release();
    }
    images.cleanUp();
  }

  /** Frees the images of a model as far as nobody uses them. */
  void removeAll(ModelKey model) {
    for (Prefix prefix : images.asMap().keySet()) {
      if (prefix.model().equals(model)) {
        remove(prefix);
      }
    }
  }

  /** Frees all images as far as nobody uses them. */
  void clear() {
    images.asMap().keySet().forEach(this::remove);
  }

  private void remove(Prefix prefix) {
    @Nullable Image image = images.asMap().remove(prefix);
    if (image != null) {
      image.release();
    }
  }

  int images() {
    return images.asMap().size();
  }

  long bytes() {
    return bound.weightedSize().orElse(0);
  }

  long evictions() {
    return evictions;
  }
}
