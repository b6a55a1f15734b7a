package io.edgellm.triton;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link TritonClient}. Not thread-safe. */
public final class TritonClientBuilder {
  private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

  private static final long MAX_RESULT_BYTES = 1L << 30;

  private final List<URI> servers;
  private Duration requestTimeout = Duration.ofSeconds(30);
  private Duration connectTimeout = Duration.ofSeconds(5);
  private long maxResultBytes = 64L << 20;
  private Supplier<Map<String, String>> headers = Map::of;
  private RetryPolicy retries = RetryPolicy.standard();
  private RandomGenerator random = new Random();
  private @Nullable Executor executor;
  private @Nullable SSLContext tls;
  private @Nullable HttpClient http;

  TritonClientBuilder(List<URI> servers) {
    if (servers.isEmpty()) {
      throw TritonException.invalid("A client needs the address of a server.", "servers");
    }
    List<URI> bases = new ArrayList<>();
    for (URI server : servers) {
      bases.add(base(server));
    }
    if (bases.size() != bases.stream().distinct().count()) {
      throw TritonException.invalid("Each server must be named once.", "servers");
    }
    this.servers = bases;
  }

  /** How long a call may take, with all its attempts, until the last byte; 30 s unless set. */
  public TritonClientBuilder requestTimeout(Duration timeout) {
    requestTimeout = requirePositive(timeout);
    return this;
  }

  /** How long one connection attempt may take; 5 s unless set. */
  public TritonClientBuilder connectTimeout(Duration timeout) {
    connectTimeout = requirePositive(timeout);
    return this;
  }

  /**
   * How large the answer to an inference may be; 64 MiB unless set. Other answers may have 16 MiB,
   * errors 64 KiB.
   *
   * @param bytes 1 to 1 GiB
   */
  public TritonClientBuilder maxResultBytes(long bytes) {
    if (bytes < 1 || bytes > MAX_RESULT_BYTES) {
      throw TritonException.invalid("A result may have 1 byte to 1 GiB.", "maxResultBytes");
    }
    maxResultBytes = bytes;
    return this;
  }

  /**
   * Headers for every request, such as credentials. Asked before each attempt, so that a token can
   * be renewed; called on the caller's thread and on threads of the executor. The values are never
   * logged and never part of a message.
   */
  public TritonClientBuilder headers(Supplier<Map<String, String>> headers) {
    this.headers = Objects.requireNonNull(headers);
    return this;
  }

  /** Which failures are repeated; {@link RetryPolicy#standard()} unless set. */
  public TritonClientBuilder retries(RetryPolicy retries) {
    this.retries = Objects.requireNonNull(retries);
    return this;
  }

  /** The source of the waits' jitter; must be safe for use by several threads. */
  public TritonClientBuilder random(RandomGenerator random) {
    this.random = Objects.requireNonNull(random);
    return this;
  }

  /** Certificates and keys for {@code https}; the JDK's default unless set. */
  public TritonClientBuilder sslContext(SSLContext tls) {
    this.tls = Objects.requireNonNull(tls);
    return this;
  }

  /**
   * Runs time-outs and repeated attempts, and the HTTP client's work unless that is given too.
   * Unless set, these are the common pool and threads of the HTTP client's own.
   */
  public TritonClientBuilder executor(Executor executor) {
    this.executor = Objects.requireNonNull(executor);
    return this;
  }

  /**
   * The host's own HTTP client, with its connect timeout, TLS and proxy settings in place of this
   * builder's. It must not follow redirects: credentials would go with it.
   */
  public TritonClientBuilder httpClient(HttpClient http) {
    this.http = Objects.requireNonNull(http);
    return this;
  }

  /**
   * Builds the client; no connection is opened.
   *
   * @throws TritonException INVALID_REQUEST if the settings contradict each other
   */
  public TritonClient build() {
    Transport transport =
        new Transport(
            http == null ? ownClient() : checked(http),
            executor == null ? ForkJoinPool.commonPool() : executor,
            new Endpoints(servers),
            headers,
            retries,
            random);
    return new TritonClient(new TritonAsyncClient(transport, requestTimeout, maxResultBytes));
  }

  private HttpClient ownClient() {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout);
    if (tls != null) {
      client.sslContext(tls);
    }
    if (executor != null) {
      client.executor(executor);
    }
    return client.build();
  }

  private HttpClient checked(HttpClient given) {
    if (given.followRedirects() != HttpClient.Redirect.NEVER) {
      throw TritonException.invalid(
          "The HTTP client must not follow redirects; build it with Redirect.NEVER.", "httpClient");
    }
    if (tls != null) {
      throw TritonException.invalid(
          "Set the SSL context on the HTTP client that is given.", "sslContext");
    }
    return given;
  }

  static Duration requirePositive(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw TritonException.invalid("A timeout must be more than 0 and at most 1 day.", "timeout");
    }
    return timeout;
  }

  private static URI base(URI server) {
    boolean http = "http".equalsIgnoreCase(server.getScheme());
    boolean https = "https".equalsIgnoreCase(server.getScheme());
    if (!(http || https)
        || server.getHost() == null
        || server.getRawUserInfo() != null
        || server.getRawQuery() != null
        || server.getRawFragment() != null) {
      throw TritonException.invalid(
          "A server's address must be http or https with a host, without user, query and fragment.",
          server.getHost());
    }
    return URI.create(server.toString().replaceFirst("/+$", ""));
  }
}
