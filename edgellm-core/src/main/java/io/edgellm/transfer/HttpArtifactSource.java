package io.edgellm.transfer;

import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;

/**
 * Releases on an HTTP or HTTPS server; any server of static files will do, with ranges or without.
 *
 * <p>Encoded bodies are refused: the bytes at the address are the bytes of the file. Whether
 * redirects are followed is the client's matter; that of {@link #at} follows none. The body of an
 * answer with an unexpected status is discarded unread. Credentials belong into the client's
 * authenticator, not into the address, which appears in messages and logs.
 */
public final class HttpArtifactSource implements ArtifactSource {
  private final URI base;
  private final HttpReader reader;

  /**
   * @param base the address of the source's root: http or https, a host, and perhaps a path
   * @param client the host's client, with its proxy, trust store and executor; the host closes it
   * @param inactivity how long nothing may arrive, and how long the head of an answer may take
   */
  public HttpArtifactSource(URI base, HttpClient client, Duration inactivity) {
    requireRoot(base);
    this.base = base.toString().endsWith("/") ? base : URI.create(base + "/");
    this.reader = new HttpReader(client, inactivity);
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
    return get(path, ByteRange.WHOLE).document(maxBytes);
  }

  @Override
  public BlobStream open(String path, long offsetBytes) {
    return get(path, ByteRange.from(offsetBytes)).content(offsetBytes);
  }

  @Override
  public BlobStream open(String path, long offsetBytes, long lengthBytes) {
    return get(path, new ByteRange(offsetBytes, lengthBytes)).content(offsetBytes);
  }

  @Override
  public BlobStream open(Sha256 blob, long offsetBytes, long lengthBytes) {
    return open(RepositoryPaths.blob(blob), offsetBytes, lengthBytes);
  }

  private HttpAnswer get(String path, ByteRange range) {
    URI uri = address(path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    range.header().ifPresent(value -> request.header("Range", value));
    return reader.send(request, uri.toString());
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
