package io.edgellm.triton;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Collects a body up to a limit. The byte beyond it cuts the connection, so that a server cannot
 * make the client hold more than the limit, whatever length it announces.
 *
 * <p>Parts are copied at once and not kept: a body in chunks of one byte would otherwise be held as
 * one buffer object per byte.
 */
final class BoundedBody implements BodySubscriber<byte[]> {
  private final int status;
  private final long maxBytes;
  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private @Nullable Subscription subscription;

  BoundedBody(int status, long maxBytes) {
    this.status = status;
    this.maxBytes = maxBytes;
  }

  /** The body of an answer has more bytes than allowed. */
  static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    TooLarge(int status, long maxBytes) {
      super("an answer of more than " + maxBytes + " bytes");
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return whole;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    this.subscription = subscription;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    for (ByteBuffer part : parts) {
      if (whole.isDone()) {
        return;
      }
      append(part);
    }
  }

  private void append(ByteBuffer part) {
    if (received.size() + (long) part.remaining() > maxBytes) {
      received.reset();
      if (subscription != null) {
        subscription.cancel();
      }
      whole.completeExceptionally(new TooLarge(status, maxBytes));
      return;
    }
    byte[] copy = new byte[part.remaining()];
    part.get(copy);
    received.writeBytes(copy);
  }

  @Override
  public void onError(Throwable failure) {
    whole.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    if (!whole.isDone()) {
      whole.complete(received.toByteArray());
    }
  }
}
