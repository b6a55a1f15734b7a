package io.edgellm.triton;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Sends calls over HTTP/1.1, which is what Triton speaks; an upgrade to HTTP/2 is never offered.
 * Holds no state but the preferred endpoint.
 */
record Transport(
    HttpClient http,
    Executor executor,
    Endpoints endpoints,
    Supplier<Map<String, String>> credentials,
    RetryPolicy retries,
    RandomGenerator random) {

  private static final long MAX_ERROR_BYTES = 64 * 1024;

  /**
   * Sends a call, again where the policy allows it. The future completes within the timeout with
   * the result or a {@link TritonException}; completing or cancelling it ends the exchange.
   */
  <T> CompletableFuture<T> send(Call<T> call, Duration timeout) {
    PendingCall<T> pending = new PendingCall<>(this, call, timeout);
    return pending.start();
  }

  CompletableFuture<HttpResponse<byte[]>> exchange(URI base, Call<?> call) {
    return http.sendAsync(request(base, call), info -> bounded(info, call));
  }

  private static BodySubscriber<byte[]> bounded(ResponseInfo info, Call<?> call) {
    int status = info.statusCode();
    return new BoundedBody(
        status,
        status == 200 ? call.maxAnswerBytes() : Math.min(MAX_ERROR_BYTES, call.maxAnswerBytes()));
  }

  private HttpRequest request(URI base, Call<?> call) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + call.path()))
            .version(HttpClient.Version.HTTP_1_1)
            .method(
                call.method(),
                call.body().length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(call.body()));
    credentials.get().forEach((name, value) -> setHeader(request, name, value));
    call.headers().forEach(request::setHeader);
    return request.build();
  }

  /** The JDK's own message would quote the value, which may be a secret. */
  private static void setHeader(HttpRequest.Builder request, String name, String value) {
    try {
      request.setHeader(name, value);
    } catch (IllegalArgumentException e) {
      throw TritonException.invalid(
          "The header "
              + Answer.printable(name)
              + " cannot be sent: its name is reserved or its value has characters that a header"
              + " cannot hold.",
          Answer.printable(name));
    }
  }
}
