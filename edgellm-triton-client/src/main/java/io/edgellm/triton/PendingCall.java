package io.edgellm.triton;

import io.edgellm.triton.TritonException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call on its way: attempts, waits, and the watchdog over all of them.
 *
 * <p>The watchdog is our own because {@link java.net.http.HttpRequest.Builder#timeout} ends with
 * the response's headers: a body that stalls would wait for ever. Whatever completes the result (an
 * answer, the watchdog, the caller's cancel) also ends the exchange in flight.
 */
final class PendingCall<T> {
  private static final Logger log = LoggerFactory.getLogger(PendingCall.class);

  private final Transport transport;
  private final Call<T> call;
  private final Duration timeout;
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private volatile @Nullable TritonException lastFailure;

  PendingCall(Transport transport, Call<T> call, Duration timeout) {
    this.transport = transport;
    this.call = call;
    this.timeout = timeout;
  }

  CompletableFuture<T> start() {
    watch();
    attempt(1);
    return result;
  }

  private void watch() {
    CompletableFuture<Void> timer =
        new CompletableFuture<Void>().orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
    var unusedAlarm =
        timer.whenComplete(
            (none, expired) -> {
              if (expired != null) {
                expire();
              }
            });
    var unusedDisarm = result.whenComplete((value, failure) -> timer.complete(null));
  }

  /** On the JDK's timer thread, which continuations must not hold up unless no other is left. */
  private void expire() {
    try {
      transport.executor().execute(() -> result.completeExceptionally(timedOut()));
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(timedOut());
    }
  }

  private void attempt(int number) {
    if (result.isDone()) {
      return;
    }
    URI base = transport.endpoints().current();
    CompletableFuture<HttpResponse<byte[]>> exchange;
    try {
      exchange = transport.exchange(base, call);
    } catch (RuntimeException e) {
      result.completeExceptionally(unsendable(e));
      return;
    }
    var unusedCancel = result.whenComplete((value, failure) -> exchange.cancel(true));
    var unusedResult =
        exchange.whenComplete((answer, failure) -> finished(number, base, answer, failure));
  }

  private void finished(
      int number, URI base, @Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
    if (result.isDone()) {
      return;
    }
    if (response == null) {
      Throwable cause = unwrap(failure);
      log.debug(
          "{} {}: attempt {} failed: {}", call.method(), call.path(), number, cause.toString());
      failed(number, base, broken(base, cause), repeatable(cause));
      return;
    }
    log.debug("{} {}: attempt {}: {}", call.method(), call.path(), number, response.statusCode());
    try {
      result.complete(call.decoder().apply(answer(response)));
    } catch (TritonException e) {
      failed(number, base, e, e.reason() == Reason.OVERLOADED);
    } catch (RuntimeException e) {
      result.completeExceptionally(
          new TritonException(
              Reason.PROTOCOL,
              "The answer to " + call.path() + " cannot be read.",
              call.path(),
              response.statusCode(),
              e));
    } catch (Error e) {
      result.completeExceptionally(e);
    }
  }

  private Answer answer(HttpResponse<byte[]> response) {
    return new Answer(
        call.path(), call.effect(), response.statusCode(), response.headers(), response.body());
  }

  private void failed(int number, URI base, TritonException failure, boolean repeatable) {
    if (!repeatable) {
      result.completeExceptionally(failure);
      return;
    }
    transport.endpoints().failed(base);
    if (number >= transport.retries().maxAttempts()) {
      result.completeExceptionally(failure);
      return;
    }
    lastFailure = failure;
    Duration delay = transport.retries().delayAfter(number, transport.random());
    CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, transport.executor())
        .execute(() -> attempt(number + 1));
  }

  private boolean repeatable(Throwable cause) {
    if (neverConnected(cause)) {
      return true;
    }
    boolean brokeOnTheWay =
        cause instanceof IOException
            && !(cause instanceof SSLException)
            && !(cause instanceof ProtocolException)
            && !(cause instanceof BoundedBody.TooLarge);
    return brokeOnTheWay && call.effect() == Call.Effect.READ;
  }

  private static boolean neverConnected(Throwable cause) {
    return cause instanceof ConnectException
        || cause instanceof HttpConnectTimeoutException
        || cause instanceof NoRouteToHostException;
  }

  private TritonException broken(URI base, Throwable cause) {
    if (cause instanceof BoundedBody.TooLarge large) {
      return tooLarge(large);
    }
    if (cause instanceof ProtocolException) {
      return new TritonException(
          Reason.PROTOCOL, base + " does not answer in HTTP/1.1.", call.path(), 0, cause);
    }
    if (cause instanceof SSLException) {
      return unreachable(
          "No TLS connection to " + base + "; check the address and the trusted certificates.",
          cause);
    }
    if (neverConnected(cause)) {
      return unreachable("No connection to " + base + "; check that the server runs.", cause);
    }
    return unreachable("The connection to " + base + " broke during " + call.path() + ".", cause);
  }

  private TritonException tooLarge(BoundedBody.TooLarge cause) {
    int status = cause.status();
    return new TritonException(
        status == 200 ? Reason.PROTOCOL : Reasons.of(call.effect(), status, null),
        "HTTP " + status + " for " + call.path() + ": " + cause.getMessage() + " was cut.",
        call.path(),
        status,
        cause);
  }

  private TritonException unreachable(String message, Throwable cause) {
    return new TritonException(Reason.UNREACHABLE, message, call.path(), 0, cause);
  }

  private TritonException timedOut() {
    return new TritonException(
        Reason.TIMEOUT,
        "No complete answer to " + call.path() + " within " + timeout + ".",
        call.path(),
        0,
        lastFailure);
  }

  /** The host's credentials supplier failed; its message may hold a secret, so it is not quoted. */
  private TritonException unsendable(RuntimeException e) {
    return e instanceof TritonException known
        ? known
        : new TritonException(
            Reason.INVALID_REQUEST,
            "The request could not be built: " + e.getClass().getName() + ".",
            call.path(),
            0,
            e);
  }

  private static Throwable unwrap(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null ? new IOException("no answer") : cause;
  }
}
