package io.edgellm.transfer;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;

/**
 * Sends requests and hands out answers whose bodies end when nothing comes any more: what every
 * source over HTTP has in common, and what a source of one's own is built on.
 *
 * <p>Nothing is followed, retried or authenticated here beyond what the client does. Thread-safe.
 */
public final class HttpReader {
  private final HttpClient client;
  private final Duration inactivity;

  /**
   * @param client the host's client, with its proxy, trust store and executor; the host closes it
   * @param inactivity how long nothing may arrive, and how long the head of an answer may take
   */
  public HttpReader(HttpClient client, Duration inactivity) {
    if (inactivity.isZero() || inactivity.isNegative()) {
      throw new IllegalArgumentException("Something must be given time to arrive: " + inactivity);
    }
    this.client = client;
    this.inactivity = inactivity;
  }

  /**
   * Makes a reader whose requests reach the address that they are for and no other, as requests
   * with credentials must: the platform's client takes them along to wherever it is redirected.
   *
   * @param client as for the constructor; one that follows no redirects
   * @param inactivity as for the constructor
   */
  public static HttpReader withoutRedirects(HttpClient client, Duration inactivity) {
    if (client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException(
          "Requests may carry credentials for one address: give a client that follows no"
              + " redirects.");
    }
    return new HttpReader(client, inactivity);
  }

  /**
   * Sends a request; returns when the head of the answer has come, whatever its status.
   *
   * @param request without a timeout, which is set here
   * @param where the address for people, in exceptions and logs: without secrets
   * @throws TransferException with {@code UNREACHABLE}, {@code STALLED}, {@code CANCELLED}, or
   *     {@code REFUSED} for what is no answer of HTTP
   */
  public HttpAnswer send(HttpRequest.Builder request, String where) {
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> response;
    try {
      response =
          client.send(request.timeout(inactivity).build(), HttpResponse.BodyHandlers.ofPublisher());
    } catch (HttpConnectTimeoutException e) {
      throw Refusals.unreachable(where, e);
    } catch (HttpTimeoutException e) {
      throw Refusals.stalled(where, inactivity, e);
    } catch (IOException e) {
      throw Refusals.unreachable(where, e);
    } catch (IllegalArgumentException e) {
      // The client's own answer to a length that is no number, and to a redirection to nowhere.
      throw Refusals.refused(where, "its answer is none of HTTP (" + e.getMessage() + ")", e);
    } catch (InterruptedException e) {
      throw Refusals.interrupted(where, e);
    }
    PolledBody body = new PolledBody(where, inactivity);
    response.body().subscribe(body);
    return new HttpAnswer(response, body, where, inactivity);
  }
}
