package io.edgellm.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests and hands out answers whose bodies end when nothing comes any more: what every
 * source over HTTP has in common, and what a source of one's own is built on.
 *
 * <p>Nothing is retried or authenticated here beyond what the client does; what is followed the
 * {@link RedirectPolicy} says. Thread-safe.
 */
public final class HttpReader implements Closeable {
  private final Supplier<HttpClient> client;
  private final Runnable end;
  private final Duration inactivity;
  private final RedirectPolicy redirects;

  /**
   * Reads by a client of the host's; redirections are as it follows them.
   *
   * @param client the host's client, with its proxy, trust store and executor; the host closes it
   * @param inactivity how long nothing may arrive, and how long the head of an answer may take
   */
  public HttpReader(HttpClient client, Duration inactivity) {
    this(() -> client, () -> {}, inactivity, RedirectPolicy.never());
  }

  private HttpReader(
      Supplier<HttpClient> client, Runnable end, Duration inactivity, RedirectPolicy redirects) {
    if (inactivity.isZero() || inactivity.isNegative()) {
      throw new IllegalArgumentException("Something must be given time to arrive: " + inactivity);
    }
    this.client = client;
    this.end = end;
    this.inactivity = inactivity;
    this.redirects = redirects;
  }

  /**
   * Describes a reader with a client of its own. Without more it connects within 10 s, gives up
   * after 30 s without a byte, follows redirections within an origin, uses the proxy of the Java
   * runtime's settings, and trusts the authorities of the Java runtime.
   *
   * <p>Whoever builds a reader closes it, after the sources that read by it. A host that makes
   * sources again and again shares one reader: see {@link #close}.
   */
  public static Builder builder() {
    return new Builder();
  }

  /** How to speak with servers. Not thread-safe. */
  public static final class Builder {
    private final TlsSettings tls = new TlsSettings();
    private final HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10));
    private Duration inactivity = Duration.ofSeconds(30);
    private RedirectPolicy redirects = RedirectPolicy.sameOrigin();

    private Builder() {}

    /** Sets how long connecting may take. */
    public Builder connectTimeout(Duration value) {
      client.connectTimeout(value);
      return this;
    }

    /** Sets how long nothing may arrive, and how long the head of an answer may take. */
    public Builder inactivity(Duration value) {
      inactivity = value;
      return this;
    }

    /** Sets which redirections are followed. */
    public Builder redirects(RedirectPolicy value) {
      redirects = value;
      return this;
    }

    /** Goes through a proxy. */
    public Builder proxy(String host, int port) {
      client.proxy(ProxySelector.of(InetSocketAddress.createUnresolved(host, port)));
      return this;
    }

    /**
     * Goes through a proxy that wants a name and a password.
     *
     * <p>The JDK does not send a password in the clear to a proxy that tunnels https, unless the
     * program is started with {@code -Djdk.http.auth.tunneling.disabledSchemes=}.
     */
    public Builder proxy(String host, int port, String user, char[] password) {
      proxy(host, port);
      client.authenticator(new ProxyLogin(host, port, user, password));
      return this;
    }

    /** Trusts the authorities in a file of PEM certificates, and no others. */
    public Builder trustOnly(Path pem) {
      return trustOnly(TlsSettings.readPem(pem));
    }

    /** Trusts these authorities, and no others. */
    public Builder trustOnly(Collection<X509Certificate> authorities) {
      tls.trust(authorities, false);
      return this;
    }

    /** Trusts the authorities in a file of PEM certificates beside those of the Java runtime. */
    public Builder trustAlso(Path pem) {
      return trustAlso(TlsSettings.readPem(pem));
    }

    /** Trusts these authorities beside those of the Java runtime. */
    public Builder trustAlso(Collection<X509Certificate> authorities) {
      tls.trust(authorities, true);
      return this;
    }

    /**
     * Shows a certificate to servers that ask for one.
     *
     * @param store holds the certificate, its chain and its key
     * @param password of the key
     */
    public Builder clientCertificate(KeyStore store, char[] password) {
      tls.identify(store, password);
      return this;
    }

    /**
     * Returns the reader.
     *
     * @throws TransferException with {@code IO} if certificates or keys cannot be used
     */
    public HttpReader build() {
      tls.context().ifPresent(client::sslContext);
      OwnClient own = OwnClient.of(client);
      return new HttpReader(own::get, own::close, inactivity, redirects);
    }
  }

  /** Tells the password to the proxy alone, whoever else asks. */
  private static final class ProxyLogin extends Authenticator {
    private final String host;
    private final int port;
    private final PasswordAuthentication login;

    ProxyLogin(String host, int port, String user, char[] password) {
      this.host = host;
      this.port = port;
      this.login = new PasswordAuthentication(user, password);
    }

    @Override
    protected @Nullable PasswordAuthentication getPasswordAuthentication() {
      boolean asked =
          getRequestorType() == RequestorType.PROXY
              && host.equalsIgnoreCase(getRequestingHost())
              && port == getRequestingPort();
      return asked ? login : null;
    }
  }

  /**
   * Returns this reader as one whose requests reach the address that they are for and no other, as
   * requests with credentials must: the platform's client takes them along to wherever it is
   * redirected. It reads by the same client, until this reader is closed.
   *
   * @throws IllegalArgumentException if it reads by a client of the host's that follows redirects
   */
  public HttpReader withoutRedirects() {
    if (client.get().followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException(
          "Requests may carry credentials for one address: give a client that follows no"
              + " redirects.");
    }
    return new HttpReader(client, () -> {}, inactivity, RedirectPolicy.never());
  }

  /**
   * Sends a request; returns when the head of the answer has come, whatever its status.
   *
   * @param request without a timeout, which is set here
   * @param where the address for people, in exceptions and logs: without secrets
   * @throws TransferException with {@code UNREACHABLE}, {@code STALLED}, {@code CANCELLED}, or
   *     {@code REFUSED} for what is no answer of HTTP, and for a redirection that is not followed
   * @throws IllegalStateException if the reader was closed
   */
  public HttpAnswer send(HttpRequest.Builder request, String where) {
    HttpRequest first = request.timeout(inactivity).build();
    HttpRequest next = first;
    for (int followed = 0; ; followed++) {
      HttpAnswer answer = sendOnce(next, where);
      Optional<String> location = location(answer);
      if (redirects.most() == 0 || location.isEmpty()) {
        return answer;
      }
      answer.close();
      next = redirected(first, next.uri(), location.get(), followed, where);
    }
  }

  /**
   * Sends a request with a body; returns when the head of the answer has come, whatever its status.
   * Redirections are not followed: what is sent is for one address.
   *
   * <p>It gives up when nothing was taken of the body for a while, and when no answer has come a
   * while after its end, however long the body itself takes.
   *
   * @param request without a timeout, a method and a body
   * @param method such as PUT
   * @param body what is sent; read as it goes
   * @param control ends it at once when it is paused or cancelled
   * @param where the address for people, in exceptions and logs: without secrets
   * @throws TransferException as for {@link #send}, and with {@code IO} if the body cannot be read
   * @throws IllegalStateException if the reader was closed
   */
  public HttpAnswer upload(
      HttpRequest.Builder request,
      String method,
      UploadBody body,
      TransferControl control,
      String where) {
    return new Upload(client.get(), body, control, inactivity, where).send(request, method);
  }

  private static Optional<String> location(HttpAnswer answer) {
    return switch (answer.status()) {
      case 301, 302, 303, 307, 308 -> answer.header("Location");
      default -> Optional.empty();
    };
  }

  private HttpRequest redirected(
      HttpRequest first, URI from, String location, int followed, String where) {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw Refusals.refused(where, "it redirects to what is no address", e);
    }
    if (followed == redirects.most()) {
      throw Refusals.refused(where, "it redirects in circles", null);
    }
    if (!redirects.allows(from, to)) {
      // The rest of the address may be a secret.
      String target = to.getScheme() + "://" + to.getHost();
      throw Refusals.refused(
          where, "it redirects to '" + target + "', which the redirect policy forbids", null);
    }
    boolean home = RedirectPolicy.isSameOrigin(first.uri(), to);
    return HttpRequest.newBuilder(first, (name, value) -> home || name.equalsIgnoreCase("Range"))
        .uri(to)
        .build();
  }

  /**
   * Ends the client that {@link #builder} made; answers that are still being read may break off. A
   * client of the host's, and that of another reader, is left alone. Closing twice does nothing.
   *
   * <p>From Java 21 on, the client is closed with its connections. Before, a client cannot be
   * closed: its worker threads end, while the one thread that watches its connections, and those
   * that idle, stay until the garbage collector has found the client, and some seconds more.
   */
  @Override
  public void close() {
    end.run();
  }

  private HttpAnswer sendOnce(HttpRequest request, String where) {
    HttpResponse<Flow.@Nullable Publisher<List<ByteBuffer>>> response;
    try {
      response = client.get().send(request, HttpResponse.BodyHandlers.ofPublisher());
    } catch (HttpConnectTimeoutException e) {
      throw Refusals.unreachable(where, e);
    } catch (HttpTimeoutException e) {
      throw Refusals.stalled(where, inactivity, e);
    } catch (IOException e) {
      throw failure(where, e);
    } catch (IllegalArgumentException e) {
      // The client's own answer to a length that is no number, and to a redirection to nowhere.
      throw Refusals.refused(where, "its answer is none of HTTP (" + e.getMessage() + ")", e);
    } catch (InterruptedException e) {
      throw Refusals.interrupted(where, e);
    }
    return answer(response, where, inactivity);
  }

  static HttpAnswer answer(
      HttpResponse<Flow.@Nullable Publisher<List<ByteBuffer>>> response,
      String where,
      Duration inactivity) {
    PolledBody body = new PolledBody(where, inactivity);
    bodyOf(response, where).subscribe(body);
    return new HttpAnswer(response, body, where, inactivity);
  }

  /** A proxy that refuses to tunnel ends a request without a body, not even an empty one. */
  private static Flow.Publisher<List<ByteBuffer>> bodyOf(
      HttpResponse<Flow.@Nullable Publisher<List<ByteBuffer>>> response, String where) {
    Flow.Publisher<List<ByteBuffer>> body = response.body();
    if (body == null) {
      throw Refusals.refused(
          where,
          "the proxy refuses to tunnel ("
              + response.statusCode()
              + "; the JDK sends it no password in the clear unless started with"
              + " -Djdk.http.auth.tunneling.disabledSchemes=)",
          null);
    }
    return body;
  }

  /** A certificate does not become right by asking again. */
  static TransferException failure(String where, IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof CertificateException) {
        return Refusals.refused(
            where, "its certificate is not to be trusted (" + t.getMessage() + ")", e);
      }
    }
    return Refusals.unreachable(where, e);
  }
}
