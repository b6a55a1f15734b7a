package io.edgellm.transfer.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A registry on loopback with its token service, of which a test replaces the answers that it wants
 * to be wrong.
 */
final class FakeRegistry implements AutoCloseable {
  static final OciCredentials DEVICE = new OciCredentials("device", "hush");

  /** Answers in place of the registry. */
  interface Answer {
    void send(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private volatile @Nullable String challenge;
  private volatile String accepted = "";

  FakeRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  OciRegistry known() {
    return OciRegistry.at(address(), "acme").withCredentials(() -> DEVICE);
  }

  /** Wants a token of its own service, or of another one. */
  void wantToken(String realm) {
    wantToken(realm, "repository:x:pull,push");
  }

  /** Wants a token for more than was asked for. */
  void wantToken(String realm, String scope) {
    challenge = "Bearer realm=\"" + realm + "\",service=\"s\",scope=\"" + scope + "\"";
    accepted = "Bearer first";
  }

  void wantPassword() {
    challenge = "Basic realm=\"here\"";
    accepted = "Basic " + Base64.getEncoder().encodeToString("device:hush".getBytes(UTF_8));
  }

  /** Accepts another header of authorization than before. */
  void accept(String authorization) {
    accepted = authorization;
  }

  /** Keeps a blob, and a manifest that names it. */
  void put(String repository, String tag, String file, byte[] bytes) {
    putBlob(repository, bytes);
    putManifest(repository, tag, manifest("text/plain", file, bytes));
  }

  void putBlob(String repository, byte[] bytes) {
    files.put(blob(repository, bytes), bytes.clone());
  }

  void putManifest(String repository, String tag, String json) {
    files.put("/v2/acme/" + repository + "/manifests/" + tag, json.getBytes(UTF_8));
  }

  static String blob(String repository, byte[] bytes) {
    return "/v2/acme/" + repository + "/blobs/sha256:" + Sha256.of(bytes).hex();
  }

  static String manifest(String mediaType, String file, byte[] bytes) {
    return "{\"schemaVersion\":2,\"layers\":[" + layer(mediaType, file, bytes) + "]}";
  }

  static String layer(String mediaType, String file, byte[] bytes) {
    return "{\"mediaType\":\""
        + mediaType
        + "\",\"digest\":\"sha256:"
        + Sha256.of(bytes).hex()
        + "\",\"size\":"
        + bytes.length
        + ",\"annotations\":{\"org.opencontainers.image.title\":\""
        + file
        + "\"}}";
  }

  /** Answers this path otherwise. */
  void answer(String path, Answer answer) {
    answers.put(path, answer);
  }

  /** What was asked for: path, range and authorization. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String range = exchange.getRequestHeaders().getFirst("Range");
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    requests.add(exchange.getRequestURI() + " " + range + " " + authorization);
    try (exchange) {
      Answer answer = answers.get(path);
      byte[] file = files.get(path);
      String wanted = challenge;
      if (answer != null) {
        answer.send(exchange);
      } else if (path.startsWith("/v2/") && wanted != null && !accepted.equals(authorization)) {
        exchange.getResponseHeaders().add("WWW-Authenticate", wanted);
        send(exchange, 401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}");
      } else if (file == null) {
        send(exchange, 404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}");
      } else {
        rest(exchange, file, range);
      }
    }
  }

  private static void rest(HttpExchange exchange, byte[] file, @Nullable String range)
      throws IOException {
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("^bytes=|-.*$", ""));
    if (exchange.getRequestURI().getPath().contains("/manifests/")) {
      exchange.getResponseHeaders().set("Content-Type", OciManifest.MEDIA_TYPE);
    }
    if (range != null) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (file.length - 1) + "/" + file.length);
    }
    exchange.sendResponseHeaders(range == null ? 200 : 206, file.length - from);
    exchange.getResponseBody().write(file, from, file.length - from);
  }

  static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  static Answer redirect(String location) {
    return exchange -> {
      exchange.getResponseHeaders().set("Location", location);
      exchange.sendResponseHeaders(307, -1);
    };
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
