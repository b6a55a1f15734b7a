package io.edgellm.trust.tuf;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A repository behind two addresses, with range requests for targets. */
final class HttpTufRepository implements TufRepository {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final String metadata;
  private final String targets;

  HttpTufRepository(String metadata, String targets) {
    this.metadata = metadata.endsWith("/") ? metadata : metadata + "/";
    this.targets = targets.endsWith("/") ? targets : targets + "/";
  }

  @Override
  public InputStream metadata(String fileName) throws IOException {
    return get(request(metadata + fileName)).body();
  }

  @Override
  public Content target(String path, long fromByte) throws IOException {
    String encoded =
        Arrays.stream(path.split("/", -1))
            .map(s -> URLEncoder.encode(s, StandardCharsets.UTF_8).replace("+", "%20"))
            .collect(Collectors.joining("/"));
    HttpRequest.Builder request = request(targets + encoded);
    if (fromByte > 0) {
      request.header("Range", "bytes=" + fromByte + "-");
    }
    HttpResponse<InputStream> response = get(request);
    return new Content(response.body(), response.statusCode() == 206 ? fromByte : 0);
  }

  private static HttpRequest.Builder request(String address) {
    return HttpRequest.newBuilder(URI.create(address)).timeout(TIMEOUT);
  }

  private HttpResponse<InputStream> get(HttpRequest.Builder request) throws IOException {
    HttpResponse<InputStream> response;
    try {
      response = http.send(request.build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    if (response.statusCode() == 200 || response.statusCode() == 206) {
      return response;
    }
    response.body().close();
    if (response.statusCode() == 404) {
      throw new NoSuchFileException(response.uri().toString());
    }
    throw new IOException("status " + response.statusCode());
  }
}
