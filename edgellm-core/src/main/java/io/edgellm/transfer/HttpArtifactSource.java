package io.edgellm.transfer;

import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Releases on an HTTP or HTTPS server; any server of static files will do, with ranges or without.
 *
 * <p>Encoded bodies are refused: the bytes at the address are the bytes of the file. The body of an
 * answer with an unexpected status is discarded unread. Credentials belong into a header, or into
 * the client's authenticator, not into the address, which appears in messages and logs. Proxy,
 * certificates, time-outs and redirections are those of the {@link HttpReader}.
 */
public final class HttpArtifactSource implements ArtifactSource {
  private final URI base;
  private final HttpReader reader;
  private final Runnable end;
  private final Map<String, String> headers;

  /**
   * Reads by a client of the host's.
   *
   * @param base the address of the source's root: http or https, a host, and perhaps a path
   * @param client the host's client, with its proxy, trust store and executor; the host closes it
   * @param inactivity how long nothing may arrive, and how long the head of an answer may take
   */
  public HttpArtifactSource(URI base, HttpClient client, Duration inactivity) {
    this(base, new HttpReader(client, inactivity));
  }

  /**
   * @param base the address of the source's root: http or https, a host, and perhaps a path
   * @param reader how to speak with the server; whoever made it closes it
   */
  public HttpArtifactSource(URI base, HttpReader reader) {
    this(base, reader, () -> {}, Map.of());
  }

  private HttpArtifactSource(
      URI base, HttpReader reader, Runnable end, Map<String, String> headers) {
    requireRoot(base);
    this.base = base.toString().endsWith("/") ? base : URI.create(base + "/");
    this.reader = reader;
    this.end = end;
    this.headers = headers;
  }

  /**
   * Returns this source with a header in each request, such as {@code Authorization}. It goes to
   * this server alone, redirections to others included, and appears in no message and no log. Both
   * sources read by the same client: close one of them.
   */
  public HttpArtifactSource withHeader(String name, String value) {
    Map<String, String> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    more.putAll(headers);
    more.put(name, value);
    return new HttpArtifactSource(base, reader, end, more);
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
   * Reads as {@link HttpReader#builder} does without more being said. The source has a reader of
   * its own, which closing the source closes.
   */
  public static HttpArtifactSource at(URI base) {
    requireRoot(base);
    HttpReader own = HttpReader.builder().build();
    return new HttpArtifactSource(base, own, own::close, Map.of());
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
    headers.forEach(request::setHeader);
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

  /** Closes the reader of a source from {@link #at}; that of another one is the host's. */
  @Override
  public void close() {
    end.run();
  }
}
