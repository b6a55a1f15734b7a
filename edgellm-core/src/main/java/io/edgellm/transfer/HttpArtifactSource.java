package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Releases on an HTTP or HTTPS server; any server of static files will do, with ranges or without.
 *
 * <p>Redirects are not followed and encoded bodies are refused: the bytes at the address are the
 * bytes of the file. The body of an answer with an unexpected status is discarded unread.
 */
public final class HttpArtifactSource implements ArtifactSource {
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/.*");

  private final URI base;
  private final HttpClient client;
  private final Duration inactivity;

  /**
   * @param base the address of the source's root
   * @param client the host's client, with its proxy, trust store and executor; the host closes it
   * @param inactivity how long nothing may arrive
   */
  public HttpArtifactSource(URI base, HttpClient client, Duration inactivity) {
    if (!"http".equals(base.getScheme()) && !"https".equals(base.getScheme())) {
      throw new IllegalArgumentException("'" + base + "' is neither an http nor an https address.");
    }
    this.base = base.toString().endsWith("/") ? base : URI.create(base + "/");
    this.client = client;
    this.inactivity = inactivity;
  }

  /**
   * Uses a client of its own, which connects within 10 s and gives up after 30 s without a byte.
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
    Artifact.requireSafePath(path);
    try (BlobStream stream = get(path, 0)) {
      byte[] bytes = stream.bytes().readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw Refusals.tooLarge(address(path).toString(), maxBytes);
      }
      return bytes;
    } catch (IOException e) {
      throw unreachable(path, e);
    }
  }

  @Override
  public BlobStream open(Sha256 blob, long offsetBytes) {
    return get(Locations.blob(blob), offsetBytes);
  }

  private BlobStream get(String path, long offsetBytes) {
    URI uri = address(path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(inactivity).GET();
    if (offsetBytes > 0) {
      request.header("Range", "bytes=" + offsetBytes + "-");
    }
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofPublisher());
    } catch (IOException e) {
      throw unreachable(path, e);
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
      case 404, 410 -> throw Refusals.notFound(where, null);
      case 408, 425, 429, 500, 502, 503, 504 ->
          throw new TransferException(
              TransferException.Reason.UNREACHABLE,
              "'" + where + "' answered " + response.statusCode() + " for now.",
              where);
      default -> throw refused(where, "it answered with status " + response.statusCode());
    };
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
    return new TransferException(
        TransferException.Reason.REFUSED,
        "'" + where + "' is not usable as a source: " + what + ". Check the server.",
        where);
  }

  private TransferException unreachable(String path, IOException e) {
    String where = address(path).toString();
    return new TransferException(
        TransferException.Reason.UNREACHABLE,
        "'" + where + "' cannot be reached (" + e + "): check address, network and proxy.",
        where,
        e);
  }

  private URI address(String path) {
    // URLEncoder writes forms: a space must be %20 in a path, and '+' is a character of versions.
    String encoded =
        Arrays.stream(path.split("/", -1))
            .map(s -> URLEncoder.encode(s, StandardCharsets.UTF_8).replace("+", "%20"))
            .collect(Collectors.joining("/"));
    return base.resolve(encoded);
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
