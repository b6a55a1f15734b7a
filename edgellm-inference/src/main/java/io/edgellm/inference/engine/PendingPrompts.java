package io.edgellm.inference.engine;

import io.edgellm.inference.layout.ModelDirectory;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadFactory;

/**
 * The text side of a model while it is loaded, on a thread of its own: a vocabulary of 150,000
 * tokens takes as long as the weights, and neither needs the other.
 */
final class PendingPrompts {
  private final CompletableFuture<Prompts> loaded;

  private PendingPrompts(CompletableFuture<Prompts> loaded) {
    this.loaded = loaded;
  }

  /** Begins to load. */
  static PendingPrompts load(
      ModelDirectory directory, String title, Clock clock, ThreadFactory threads) {
    return new PendingPrompts(
        CompletableFuture.supplyAsync(
            () -> Prompts.load(directory, clock), work -> start(threads, title, work)));
  }

  private static void start(ThreadFactory threads, String title, Runnable work) {
    Thread thread = threads.newThread(work);
    thread.setName("edgellm-loader " + title);
    thread.start();
  }

  /**
   * Waits for it.
   *
   * @throws io.edgellm.llm.InferenceException as {@link Prompts#load}
   */
  Prompts await() {
    try {
      return loaded.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** Waits for it and frees it; that it failed is of no interest any more. */
  void discard() {
    loaded
        .handle(
            (prompts, failure) -> {
              if (prompts != null) {
                prompts.close();
              }
              return failure;
            })
        .join();
  }
}
