package io.edgellm.release.keyless;

import io.edgellm.release.ReleaseException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks one service, with an end to everything: time, and bytes of an answer. */
final class ServiceClient {
  private static final int MAX_BYTES = 12 << 20;
  private static final int QUOTED_CHARS = 300;

  private final String name;
  private final Duration timeout;
  private final HttpClient http;

  /**
   * @param name what it is called in messages
   * @param timeout for each answer as a whole
   */
  ServiceClient(String name, Duration timeout) {
    this.name = name;
    this.timeout = timeout;
    // No redirects: a token goes where the caller said, and nowhere else.
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  HttpResponse<byte[]> get(URI address, String authorization) {
    return send(
        HttpRequest.newBuilder(address)
            .header("Authorization", authorization)
            .header("Accept", "application/json"));
  }

  HttpResponse<byte[]> post(URI address, String type, String accepted, byte[] body) {
    return send(
        HttpRequest.newBuilder(address)
            .header("Content-Type", type)
            .header("Accept", accepted)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) {
    HttpRequest built = request.timeout(timeout).build();
    CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(built, response -> capped());
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unreachable(built.uri(), "no answer within " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw unreachable(built.uri(), String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(built.uri(), "interrupted", e);
    } finally {
      answer.cancel(true);
    }
  }

  private static HttpResponse.BodySubscriber<byte[]> capped() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    return HttpResponse.BodySubscribers.mapping(
        HttpResponse.BodySubscribers.ofByteArrayConsumer(
            part -> part.ifPresent(bytes -> append(body, bytes))),
        nothing -> body.toByteArray());
  }

  private static void append(ByteArrayOutputStream body, byte[] bytes) {
    if (body.size() + bytes.length > MAX_BYTES) {
      throw new UncheckedIOException(
          new IOException("an answer of more than " + MAX_BYTES + " bytes"));
    }
    body.writeBytes(bytes);
  }

  private ReleaseException unreachable(URI address, String why, @Nullable Exception cause) {
    return new ReleaseException(
        ReleaseException.Reason.UNREACHABLE,
        name + " cannot be reached (" + why + "): nothing was signed, try again.",
        address.getHost(),
        cause);
  }

  /**
   * Returns the body of an answer.
   *
   * @param status the only one that is good
   * @param refusal why there is no release if the service says no
   */
  byte[] expect(int status, HttpResponse<byte[]> answer, ReleaseException.Reason refusal) {
    if (answer.statusCode() == status) {
      return answer.body();
    }
    if (answer.statusCode() >= 500 || answer.statusCode() == 429) {
      throw unreachable(answer.uri(), "it answers " + answer.statusCode(), null);
    }
    throw new ReleaseException(
        refusal,
        name
            + " refuses with "
            + answer.statusCode()
            + " and says: "
            + quoted(answer.body())
            + " Nothing was signed.",
        answer.uri().getHost());
  }

  private static String quoted(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}+", " ").strip();
    return "'" + text.substring(0, Math.min(text.length(), QUOTED_CHARS)) + "'.";
  }
}
