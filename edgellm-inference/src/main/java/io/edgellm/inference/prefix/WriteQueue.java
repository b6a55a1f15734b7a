package io.edgellm.inference.prefix;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The images that wait to be written to disk, at most two: each of them holds its memory, beyond
 * the bound of the {@link HostTier} if it was driven out there. What finds no place is not written.
 *
 * <p>Thread-safe.
 */
final class WriteQueue implements AutoCloseable {
  private static final int MOST_WAITING = 2;

  private final DiskTier disk;
  private final Executor executor;
  private final Set<Prefix> waiting = new HashSet<>();
  private long dropped;
  private boolean closed;

  WriteQueue(DiskTier disk, Executor executor) {
    this.disk = disk;
    this.executor = executor;
  }

  /**
   * Lets the executor write an image, which is held until then.
   *
   * @param wanted asked when its turn has come
   * @param written hears of it afterwards, on the executor's thread
   */
  void offer(Image image, BooleanSupplier wanted, Consumer<Prefix> written) {
    if (!enter(image.prefix())) {
      return;
    }
    image.retain();
    try {
      executor.execute(() -> write(image, wanted, written));
    } catch (RejectedExecutionException e) {
      leave(image, false);
    }
  }

  private synchronized boolean enter(Prefix prefix) {
    if (waiting.contains(prefix)) {
      return false;
    }
    if (closed || waiting.size() == MOST_WAITING) {
      dropped++;
      return false;
    }
    waiting.add(prefix);
    return true;
  }

  private void write(Image image, BooleanSupplier wanted, Consumer<Prefix> written) {
    boolean done = false;
    try {
      done = disk.write(image, wanted);
      if (done) {
        written.accept(image.prefix());
      }
    } catch (IOException e) {
      // It is a cache: the image is in memory, or it will be computed again.
      done = false;
    } finally {
      leave(image, done);
    }
  }

  private void leave(Image image, boolean written) {
    image.release();
    boolean last;
    synchronized (this) {
      waiting.remove(image.prefix());
      dropped += written ? 0 : 1;
      last = closed && waiting.isEmpty();
    }
    if (last) {
      disk.close();
    }
  }

  synchronized long dropped() {
    return dropped;
  }

  /** Takes no more images; the disk is closed when those that wait are written. */
  @Override
  public void close() {
    boolean idle;
    synchronized (this) {
      idle = !closed && waiting.isEmpty();
      closed = true;
    }
    if (idle) {
      disk.close();
    }
  }
}
