package io.edgellm.inference;

import io.edgellm.inference.graph.NativeMemory;
import io.edgellm.inference.prefix.ImageMemory;
import io.edgellm.inference.prefix.PrefixCache;
import io.edgellm.inference.prefix.PrefixCacheOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Memory outside of the heap for what a loader keeps of prompts, and the thread that writes it to
 * disk. Neither needs to be closed: a model that is closed gives its memory back, and the thread
 * ends when it has been idle.
 */
record PrefixMemory(NativeMemory memory) implements ImageMemory {
  private static final long IDLE_SECONDS = 2;

  /** Opens the cache that the options ask for; null if they ask for none. */
  static @Nullable PrefixCache open(OnnxOptions options) {
    Path directory = options.prefixDirectory().orElse(null);
    if (options.prefixBytes() == 0 && directory == null) {
      return null;
    }
    return new PrefixCache(
        new PrefixCacheOptions(
            options.prefixBytes(),
            directory,
            options.prefixDiskBytes(),
            PrefixCacheOptions.DEFAULT_FEWEST_TOKENS),
        PrefixMemory::allocate,
        executor(options.threadFactory()),
        InstantSource.system());
  }

  private static Executor executor(ThreadFactory threads) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = threads.newThread(work);
              thread.setName("edgellm-prefixes");
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private static Optional<ImageMemory> allocate(int bytes) {
    try {
      return Optional.of(new PrefixMemory(NativeMemory.allocate(bytes)));
    } catch (OutOfMemoryError e) {
      return Optional.empty();
    }
  }

  @Override
  public ByteBuffer bytes() {
    return memory.bytes();
  }

  @Override
  public void close() {
    memory.close();
  }
}
