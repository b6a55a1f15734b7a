package io.edgellm.internal.stream;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reads a stream in pieces, the next one on an executor while the caller works on the last one.
 *
 * <p>Hashing takes most of the time of reading a file to hash it, and copying out of the page cache
 * most of the rest: one fifth to a quarter of the whole. With two threads the copy costs nothing. A
 * piece that the executor has not begun when the caller wants it is read by the caller, so that a
 * full executor, or the one that the caller itself runs on, only costs the speed-up.
 *
 * <p>For one thread. Closing waits for a read that is under way, and closes the stream.
 */
public final class ReadAhead implements AutoCloseable {
  private final InputStream in;
  private final Executor executor;
  private byte[] free;
  private Piece ahead;

  /** One read, by whoever begins it. */
  private final class Piece implements Runnable {
    private final byte[] buffer;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CompletableFuture<Integer> length = new CompletableFuture<>();

    Piece(byte[] buffer) {
      this.buffer = buffer;
    }

    @Override
    public void run() {
      if (taken.compareAndSet(false, true)) {
        try {
          length.complete(in.readNBytes(buffer, 0, buffer.length));
        } catch (IOException | RuntimeException | Error e) {
          length.completeExceptionally(e);
        }
      }
    }

    int await() throws IOException {
      run();
      try {
        return length.join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof IOException io) {
          throw io;
        }
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw e;
      }
    }
  }

  /**
   * Begins to read.
   *
   * @param in what to read; closed with this
   * @param executor reads the next piece, if it has a thread for that
   * @param first a buffer
   * @param second another one of the same length
   */
  public ReadAhead(InputStream in, Executor executor, byte[] first, byte[] second) {
    this.in = in;
    this.executor = executor;
    this.free = second;
    this.ahead = begin(first);
  }

  private Piece begin(byte[] buffer) {
    Piece piece = new Piece(buffer);
    try {
      executor.execute(piece);
    } catch (RejectedExecutionException e) {
      // The caller reads it.
    }
    return piece;
  }

  /** What {@link #next} takes. */
  public interface Sink {
    /** Takes the first bytes of a buffer, which is read into again afterwards. */
    void accept(byte[] buffer, int length);
  }

  /** Hands on the next piece; returns false, and hands on nothing, at the end. */
  public boolean next(Sink sink) throws IOException {
    Piece current = ahead;
    int length = current.await();
    if (length == 0) {
      return false;
    }
    ahead = begin(free);
    free = current.buffer;
    sink.accept(current.buffer, length);
    return true;
  }

  @Override
  public void close() throws IOException {
    if (!ahead.taken.compareAndSet(false, true)) {
      // Whether that read succeeded does not matter any more, only that it is over.
      ahead.length.handle((length, failure) -> length).join();
    }
    in.close();
  }
}
