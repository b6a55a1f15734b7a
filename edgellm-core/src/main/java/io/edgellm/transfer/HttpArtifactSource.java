package io.edgellm.transfer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Releases on an HTTP or HTTPS server; any server of static files will do, with ranges or without.
 *
 * <p>Encoded bodies are refused: the bytes at the address are the bytes of the file. Whether
 * redirects are followed is the client's matter; that of {@link #at} follows none. The body of an
 * answer with an unexpected status is discarded unread. Credentials belong into the client's
 * authenticator, not into the address, which appears in messages and logs.
 */
public final class HttpArtifactSource implements ArtifactSource {
  private static final long DOCUMENT_BYTES_PER_SECOND = 1024;
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/.*");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  private final URI base;
  private final HttpClient client;
  private final Duration inactivity;

  /**
   * @param base the address of the source's root: http or https, a host, and perhaps a path
   * @param client the host's client, with its proxy, trust store and executor; the host closes it
   * @param inactivity how long nothing may arrive, and how long the head of an answer may take
   */
  public HttpArtifactSource(URI base, HttpClient client, Duration inactivity) {
    requireRoot(base);
    if (inactivity.isZero() || inactivity.isNegative()) {
      throw new IllegalArgumentException("Something must be given time to arrive: " + inactivity);
    }
    this.base = base.toString().endsWith("/") ? base : URI.create(base + "/");
    this.client = client;
    this.inactivity = inactivity;
  }

  private static void requireRoot(URI base) {
    String scheme = String.valueOf(base.getScheme());
    if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
      throw new IllegalArgumentException("'" + base + "' is neither an http nor an https address.");
    }
    if (base.getHost() == null
        || base.getRawUserInfo() != null
        || base.getRawQuery() != null
        || base.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "The address of a source is a scheme, a host and a path: without user, query and"
              + " fragment, to which no path can be added.");
    }
  }

  /**
   * Uses a client of its own, which connects within 10 s and gives up after 30 s without a byte.
   *
   * <p>Before Java 21 a client cannot be closed: it ends its thread by itself some time after the
   * source is not reachable any more. A host that makes sources again and again gives them a client
   * that it shares.
   */
  public static HttpArtifactSource at(URI base) {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    return new HttpArtifactSource(base, client, Duration.ofSeconds(30));
  }

  @Override
  public byte[] document(String path, int maxBytes) {
    URI uri = address(path);
    try (BlobStream stream = get(uri, 0)) {
      return wholeDocument(stream.bytes(), uri.toString(), maxBytes);
    } catch (IOException e) {
      throw unreachable(uri, e);
    }
  }

  private byte[] wholeDocument(InputStream in, String where, int maxBytes) throws IOException {
    RateLimit rate = new RateLimit(DOCUMENT_BYTES_PER_SECOND, inactivity, where);
    ByteArrayOutputStream document = new ByteArrayOutputStream();
    byte[] piece = new byte[1 << 13];
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      if (n > maxBytes - document.size()) {
        throw Refusals.tooLarge(where, maxBytes);
      }
      document.write(piece, 0, n);
      rate.received(n);
    }
    return document.toByteArray();
  }

  @Override
  public BlobStream open(String path, long offsetBytes) {
    if (offsetBytes < 0) {
      throw new IllegalArgumentException("A file begins at 0, not at " + offsetBytes + ".");
    }
    return get(address(path), offsetBytes);
  }

  private BlobStream get(URI uri, long offsetBytes) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(inactivity).GET();
    if (offsetBytes > 0) {
      request.header("Range", "bytes=" + offsetBytes + "-");
    }
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofPublisher());
    } catch (HttpConnectTimeoutException e) {
      throw unreachable(uri, e);
    } catch (HttpTimeoutException e) {
      throw Refusals.stalled(uri.toString(), inactivity, e);
    } catch (IOException e) {
      throw unreachable(uri, e);
    } catch (IllegalArgumentException e) {
      // The client's own answer to a length that is no number, and to a redirection to nowhere.
      throw refused(uri.toString(), "its answer is none of HTTP (" + e.getMessage() + ")", e);
    } catch (InterruptedException e) {
      throw Refusals.interrupted(uri.toString(), e);
    }
    PolledBody body = new PolledBody(uri.toString(), inactivity);
    response.body().subscribe(body);
    try {
      return new BlobStream(beginning(response, uri, offsetBytes), body);
    } catch (TransferException e) {
      body.close();
      throw e;
    }
  }

  private static long beginning(HttpResponse<?> response, URI uri, long asked) {
    String where = uri.toString();
    Optional<String> encoding = response.headers().firstValue("Content-Encoding");
    if (encoding.isPresent() && !encoding.get().equalsIgnoreCase("identity")) {
      throw refused(where, "it answered with Content-Encoding " + encoding.get());
    }
    return switch (response.statusCode()) {
      case 200 -> 0;
      case 206 -> rangeStart(response, where, asked);
      case 403 -> throw Refusals.hidden(where);
      case 404, 410 -> throw Refusals.notFound(where, null);
      case 408, 425, 429, 500, 502, 503, 504 ->
          throw TransferException.refusedForNow(where, response.statusCode(), retryAfter(response));
      case 416 -> throw refused(where, "its file has no byte " + asked);
      default -> throw refused(where, "it answered with status " + response.statusCode());
    };
  }

  /** The answer's own date is the clock that it means. */
  private static Duration retryAfter(HttpResponse<?> response) {
    String value = response.headers().firstValue("Retry-After").orElse("").strip();
    if (SECONDS.matcher(value).matches()) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    try {
      Instant now = httpDate(response.headers().firstValue("Date").orElse(""));
      Duration pause = Duration.between(now, httpDate(value));
      return pause.isNegative() ? Duration.ZERO : pause;
    } catch (DateTimeParseException e) {
      return Duration.ZERO;
    }
  }

  private static Instant httpDate(String value) {
    return ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
  }

  private static long rangeStart(HttpResponse<?> response, String where, long asked) {
    Matcher range =
        CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
    if (!range.matches() || Long.parseLong(range.group(1)) != asked) {
      throw refused(where, "it answered with another range than byte " + asked + " onwards");
    }
    return asked;
  }

  private static TransferException refused(String where, String what) {
    return refused(where, what, null);
  }

  private static TransferException refused(String where, String what, @Nullable Throwable cause) {
    return new TransferException(
        TransferException.Reason.REFUSED,
        "'" + where + "' is not usable as a source: " + what + ". Check the server.",
        where,
        cause);
  }

  private static TransferException unreachable(URI uri, IOException e) {
    String where = uri.toString();
    return new TransferException(
        TransferException.Reason.UNREACHABLE,
        "'" + where + "' cannot be reached (" + e + "): check address, network and proxy.",
        where,
        e);
  }

  private URI address(String path) {
    return base.resolve(SourcePath.of(path).inAddress());
  }

  @Override
  public String describe() {
    return base.toString();
  }

  @Override
  public void close() {
    // The client belongs to the host; connections that idle in its pool end by themselves.
  }
}
