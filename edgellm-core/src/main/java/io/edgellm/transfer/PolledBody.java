package io.edgellm.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an HTTP answer as a stream that gives up when nothing arrives for a while.
 *
 * <p>{@code HttpRequest.timeout} ends with the headers: a server that stops in the middle of a body
 * holds the reader for good (JDK 17 and 25). Here the reader polls with a time limit; no second
 * thread is needed. At most one piece is under way, so that a fast server cannot fill the memory.
 *
 * <p>For one reader; any thread may close it.
 */
final class PolledBody extends InputStream implements Flow.Subscriber<List<ByteBuffer>> {
  private sealed interface Signal {
    record Bytes(List<ByteBuffer> buffers) implements Signal {}

    record End() implements Signal {}

    record Failure(Throwable cause) implements Signal {}

    record Closed() implements Signal {}
  }

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private final String where;
  private final Duration inactivity;
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean closed;
  private List<ByteBuffer> current = List.of();
  private int index;
  private boolean ended;
  private @Nullable TransferException failure;

  PolledBody(String where, Duration inactivity) {
    this.where = where;
    this.inactivity = inactivity;
  }

  @Override
  public void onSubscribe(Flow.Subscription s) {
    subscription = s;
    if (closed) {
      s.cancel();
    } else {
      s.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    signals.add(new Signal.Bytes(buffers));
  }

  @Override
  public void onError(Throwable cause) {
    signals.add(new Signal.Failure(cause));
  }

  @Override
  public void onComplete() {
    signals.add(new Signal.End());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (failure != null) {
      throw failure;
    }
    if (closed) {
      // Not the end: whoever closes it early has not seen the end.
      throw new IOException("the stream is closed");
    }
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      while (index < current.size()) {
        ByteBuffer buffer = current.get(index);
        if (buffer.hasRemaining()) {
          int n = Math.min(length, buffer.remaining());
          buffer.get(target, offset, n);
          return n;
        }
        index++;
      }
      next();
    }
    return -1;
  }

  private void next() throws IOException {
    Signal signal;
    try {
      signal = signals.poll(inactivity.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw failed(Refusals.interrupted(where, e));
    }
    if (signal == null) {
      throw failed(Refusals.stalled(where, inactivity, null));
    }
    if (signal instanceof Signal.Bytes bytes) {
      current = bytes.buffers();
      index = 0;
      Flow.Subscription s = subscription;
      if (s != null) {
        s.request(1);
      }
    } else if (signal instanceof Signal.Failure broken) {
      throw failed(
          new TransferException(
              TransferException.Reason.UNREACHABLE,
              "The connection to '" + where + "' broke: " + broken.cause().getMessage(),
              where,
              broken.cause()));
    } else if (signal instanceof Signal.Closed) {
      throw new IOException("the stream is closed");
    } else {
      ended = true;
    }
  }

  /** Whoever reads on after a failure must not take it for the end. */
  private TransferException failed(TransferException e) {
    failure = e;
    close();
    return e;
  }

  @Override
  public void close() {
    closed = true;
    // Another thread may be waiting for bytes.
    signals.add(new Signal.Closed());
    Flow.Subscription s = subscription;
    if (s != null) {
      s.cancel();
    }
  }
}
