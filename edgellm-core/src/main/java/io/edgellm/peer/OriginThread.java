package io.edgellm.peer;

import io.edgellm.store.BlobChunks;
import io.edgellm.transfer.TransferListener;
import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request to the origin, on a thread of its own, since it waits. */
final class OriginThread {
  private final Thread thread;

  /**
   * @param ended hears what was thrown, or null; the last thing that the thread does
   */
  OriginThread(
      OriginFetcher origin,
      BlobChunks into,
      BitSet wanted,
      TransferListener listener,
      Consumer<@Nullable RuntimeException> ended) {
    this.thread =
        new Thread(
            () -> {
              RuntimeException thrown = null;
              try {
                origin.fetch(into, wanted, listener);
              } catch (RuntimeException e) {
                thrown = e;
              } catch (Error e) {
                thrown = new IllegalStateException("The request to the origin has died.", e);
              }
              ended.accept(thrown);
            },
            "edgellm-peer-origin");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Interrupts the request, and waits until the thread has ended. */
  void end() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
