package io.edgellm.peer;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A body that must have exactly so many bytes: not one more is kept, and the connection is cut as
 * soon as one more comes. With no bytes at all nothing is read and the connection is cut at once.
 */
final class ExactBody implements BodySubscriber<Optional<ByteBuffer>> {
  private final ByteBuffer bytes;
  private final CompletableFuture<Optional<ByteBuffer>> result = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;

  ExactBody(int lengthBytes) {
    this.bytes = ByteBuffer.allocate(lengthBytes);
  }

  @Override
  public CompletionStage<Optional<ByteBuffer>> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription s) {
    subscription = s;
    if (bytes.capacity() == 0) {
      s.cancel();
      result.complete(Optional.empty());
    } else {
      s.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    Flow.Subscription s = subscription;
    if (s == null || result.isDone()) {
      return;
    }
    for (ByteBuffer buffer : buffers) {
      if (buffer.remaining() > bytes.remaining()) {
        s.cancel();
        result.complete(Optional.empty());
        return;
      }
      bytes.put(buffer);
    }
    s.request(1);
  }

  @Override
  public void onError(Throwable cause) {
    // As with a body that is too short: it was for nothing.
    result.complete(Optional.empty());
  }

  @Override
  public void onComplete() {
    result.complete(bytes.hasRemaining() ? Optional.empty() : Optional.of(bytes.flip()));
  }
}
