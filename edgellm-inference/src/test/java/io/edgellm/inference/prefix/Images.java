package io.edgellm.inference.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A model whose cache of n tokens is n times eight bytes that follow from model and tokens, and the
 * memory for it, which is counted and filled with nonsense when it is freed.
 */
final class Images implements ImageAllocator {
  static final int BYTES_PER_TOKEN = 8;

  private final AtomicInteger living = new AtomicInteger();

  static ModelKey model(String name) {
    return model(name, true);
  }

  static ModelKey model(String name, boolean divisible) {
    return new ModelKey(
        Sha256.of(name.getBytes(StandardCharsets.UTF_8)),
        Sha256.of(new byte[] {1}),
        "1.28.0",
        divisible);
  }

  /** Returns tokens that follow from a name, and then some more. */
  static int[] prompt(String name, int count, int... more) {
    IntStream first = new Random(name.hashCode()).ints(count, 0, 150_000);
    return IntStream.concat(first, IntStream.of(more)).toArray();
  }

  static long bytes(int tokens) {
    return (long) tokens * BYTES_PER_TOKEN;
  }

  static byte[] content(ModelKey model, int[] tokens, int count) {
    ByteBuffer bytes = ByteBuffer.allocate((int) bytes(count));
    long state = model.hashCode();
    for (int i = 0; i < count; i++) {
      state = state * 6_364_136_223_846_793_005L + tokens[i] + 1;
      bytes.putLong(state);
    }
    return bytes.array();
  }

  static Consumer<ByteBuffer> saving(ModelKey model, int[] tokens, int count) {
    return into -> {
      assertThat(into.remaining()).isEqualTo((int) bytes(count));
      into.put(content(model, tokens, count));
    };
  }

  static void keep(PrefixCache cache, ModelKey model, int[] tokens, int count) {
    cache.keep(model, tokens, count, bytes(count), saving(model, tokens, count));
  }

  /** Restores the image of a hit as a model does, and compares what it needs of it. */
  static void assertFits(PrefixHit hit, ModelKey model, int[] prompt) {
    byte[] restored = new byte[(int) bytes(hit.imageTokens())];
    hit.image().get(restored);
    assertThat(Arrays.copyOf(restored, (int) bytes(hit.tokens())))
        .isEqualTo(content(model, prompt, hit.tokens()));
  }

  /** Returns how many tokens a lookup saves, after looking at what it restores. */
  static int saved(PrefixCache cache, ModelKey model, int[] prompt) {
    try (PrefixHit hit = cache.longest(model, prompt, 0).orElse(null)) {
      if (hit == null) {
        return 0;
      }
      assertFits(hit, model, prompt);
      return hit.tokens();
    }
  }

  @Override
  public Optional<ImageMemory> allocate(int bytes) {
    living.incrementAndGet();
    return Optional.of(new Counted(ByteBuffer.allocateDirect(bytes)));
  }

  /** Returns how much of the memory is not free. */
  int living() {
    return living.get();
  }

  private final class Counted implements ImageMemory {
    private final ByteBuffer bytes;
    private final AtomicInteger closed = new AtomicInteger();

    Counted(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    @Override
    public ByteBuffer bytes() {
      return bytes;
    }

    @Override
    public void close() {
      assertThat(closed.incrementAndGet()).as("closed so often").isEqualTo(1);
      living.decrementAndGet();
      for (int i = 0; i < bytes.capacity(); i++) {
        bytes.put(i, (byte) 0xEE);
      }
    }
  }
}
