package io.edgellm.transfer;

import io.edgellm.transfer.TransferException.Reason;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One request with a body, on its way.
 *
 * <p>{@code HttpRequest.timeout} would count the time that the body takes, which on a slow line is
 * as long as it is. What tells a slow line from a dead one is whether the client still takes bytes.
 */
final class Upload {
  private final HttpClient client;
  private final UploadBody body;
  private final TransferControl control;
  private final Duration inactivity;
  private final String where;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicReference<@Nullable TransferException> unreadable = new AtomicReference<>();

  Upload(
      HttpClient client,
      UploadBody body,
      TransferControl control,
      Duration inactivity,
      String where) {
    this.client = client;
    this.body = body;
    this.control = control;
    this.inactivity = inactivity;
    this.where = where;
  }

  HttpAnswer send(HttpRequest.Builder request, String method) {
    CompletableFuture<HttpResponse<Flow.@Nullable Publisher<List<ByteBuffer>>>> answer =
        client.sendAsync(
            request.method(method, publisher()).build(), HttpResponse.BodyHandlers.ofPublisher());
    TransferControl.Watch watch = control.watch(() -> answer.cancel(true));
    try (watch) {
      return HttpReader.answer(await(answer), where, inactivity);
    }
  }

  private HttpRequest.BodyPublisher publisher() {
    return body.sizeBytes() == 0
        ? BodyPublishers.noBody()
        : BodyPublishers.fromPublisher(
            BodyPublishers.ofInputStream(this::opened), body.sizeBytes());
  }

  private InputStream opened() {
    try {
      return new Read(body.open());
    } catch (IOException e) {
      unreadable.set(Refusals.unreadable(body.name(), "", e));
      return InputStream.nullInputStream();
    }
  }

  /** The client says of a stream that breaks only that it broke. */
  private final class Read extends FilterInputStream {
    private long left = body.sizeBytes();

    Read(InputStream bytes) {
      super(bytes);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        int n = super.read(target, offset, length);
        if (n > 0) {
          left -= n;
          taken.addAndGet(n);
          body.sent().accept(n);
        } else if (n < 0 && left > 0) {
          throw new IOException("it ends " + left + " bytes too early");
        }
        return n;
      } catch (TransferException e) {
        unreadable.set(e);
        throw new IOException(e);
      } catch (IOException e) {
        unreadable.set(Refusals.unreadable(body.name(), "", e));
        throw e;
      }
    }
  }

  private <T> T await(CompletableFuture<T> answer) {
    long seen = -1;
    while (true) {
      try {
        return answer.get(inactivity.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        long now = taken.get();
        if (now == seen) {
          answer.cancel(true);
          throw stalled(now, e);
        }
        seen = now;
      } catch (CancellationException e) {
        throw heldUp();
      } catch (InterruptedException e) {
        answer.cancel(true);
        throw Refusals.interrupted(where, e);
      } catch (ExecutionException e) {
        throw failure(e.getCause());
      }
    }
  }

  private TransferException heldUp() {
    return control.isCancelled()
        ? Refusals.cancelled(where)
        : TransferException.passing(
            "Sending to '" + where + "' was held up.", where, Duration.ZERO);
  }

  private TransferException failure(@Nullable Throwable cause) {
    if (control.isCancelled() || control.isPaused()) {
      // Whatever the client says of being hung up on.
      return heldUp();
    }
    TransferException local = unreadable.get();
    if (local != null) {
      return local;
    }
    if (cause instanceof HttpConnectTimeoutException e) {
      return Refusals.unreachable(where, e);
    }
    if (cause instanceof IOException e) {
      return HttpReader.failure(where, e);
    }
    return Refusals.refused(where, "its answer is none of HTTP (" + cause + ")", cause);
  }

  private TransferException stalled(long now, TimeoutException cause) {
    return new TransferException(
        Reason.STALLED,
        "'"
            + where
            + "' has taken "
            + now
            + " of "
            + body.sizeBytes()
            + " bytes, and nothing more happened for "
            + inactivity.toMillis()
            + " ms.",
        where,
        cause);
  }
}
