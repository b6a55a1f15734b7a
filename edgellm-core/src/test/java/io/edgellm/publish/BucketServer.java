package io.edgellm.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.s3.ReferenceSignature;
import io.edgellm.transfer.s3.S3Bucket;
import io.edgellm.transfer.s3.S3Credentials;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A store of objects on loopback that takes and gives nothing without a signature that is right in
 * every part, the digest of the body included, and that goes wrong where a test wants it to.
 */
final class BucketServer implements AutoCloseable {
  static final S3Credentials KEY = S3Credentials.of("AKIDOFTHETEST", "a/secret+of=the test");

  private static final String BUCKET = "models";
  private static final Pattern PART =
      Pattern.compile("<PartNumber>(\\d+)</PartNumber><ETag>([^<]*)");

  /** What goes wrong. Returns whether that was the answer. */
  @FunctionalInterface
  interface Fault {
    boolean happens(HttpExchange exchange, BucketServer server) throws IOException;

    /** The store refuses. */
    static Fault status(int status, String code) {
      return (exchange, server) -> {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Retry-After", "0");
        answer(exchange, status, "<Error><Code>" + code + "</Code></Error>");
        return true;
      };
    }

    /** The line breaks in the middle of the body. */
    static Fault cut() {
      return (exchange, server) -> {
        exchange.getRequestBody().skipNBytes(1000);
        exchange.close();
        return true;
      };
    }

    /** The store says that it has it, and has not. */
    static Fault lie() {
      return (exchange, server) -> {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("ETag", "\"0123\"");
        answer(exchange, 200, "");
        return true;
      };
    }

    /** Something happens in between, and then the store does what it should. */
    static Fault before(Runnable meanwhile) {
      return (exchange, server) -> {
        meanwhile.run();
        return false;
      };
    }
  }

  private record Planned(Pattern request, Fault fault, boolean once) {}

  private static final class Stored {
    private final byte[] bytes;
    private final Map<String, String> headers;

    Stored(byte[] bytes, Map<String, String> headers) {
      this.bytes = bytes;
      this.headers = headers;
    }

    String tag() {
      return "\"" + md5(bytes) + "\"";
    }
  }

  private static final class Upload {
    private final String key;
    private final Map<String, String> headers;
    private final SortedMap<Integer, byte[]> parts = new TreeMap<>();
    private Instant begun = Instant.now();

    Upload(String key, Map<String, String> headers) {
      this.key = key;
      this.headers = headers;
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SortedMap<String, Stored> objects = new ConcurrentSkipListMap<>();
  private final SortedMap<String, Upload> uploads = new ConcurrentSkipListMap<>();
  private final List<Planned> planned = Collections.synchronizedList(new ArrayList<>());
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean conditional = true;
  private volatile boolean losesAnswer;

  BucketServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  S3Bucket bucket() {
    return new S3Bucket(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
        "eu-central-1",
        BUCKET,
        "edge",
        S3Bucket.Addressing.PATH);
  }

  /** Lets the next request that looks like this go wrong. */
  void once(String request, Fault fault) {
    planned.add(new Planned(Pattern.compile(request), fault, true));
  }

  /** Lets every request that looks like this go wrong. */
  void always(String request, Fault fault) {
    planned.add(new Planned(Pattern.compile(request), fault, false));
  }

  /** Ends everything that goes wrong. */
  void heal() {
    planned.clear();
  }

  /** Behaves like a store that does not know conditions. */
  void ignoreConditions() {
    conditional = false;
  }

  /** Does what the next such request wants, and hangs up. */
  void loseTheAnswerTo(String request) {
    once(request, Fault.before(() -> losesAnswer = true));
  }

  /** Returns what was asked for that looks like this. */
  List<String> requests(String pattern) {
    synchronized (requests) {
      return requests.stream().filter(r -> r.matches(pattern)).toList();
    }
  }

  void forgetRequests() {
    requests.clear();
  }

  List<String> keys() {
    return List.copyOf(objects.keySet());
  }

  String header(String key, String name) {
    return object(key).headers.getOrDefault(name, "");
  }

  void put(String key, byte[] bytes) {
    objects.put(key, new Stored(bytes, Map.of()));
  }

  byte[] get(String key) {
    return object(key).bytes;
  }

  private Stored object(String key) {
    return Objects.requireNonNull(objects.get(key));
  }

  /** Leaves an upload behind. */
  void abandon(String key, Instant begun) {
    Upload upload = new Upload(key, Map.of());
    upload.begun = begun;
    uploads.put("abandoned", upload);
  }

  int openUploads() {
    return uploads.size();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    String key = URLDecoder.decode(path.replace("+", "%2B"), UTF_8).replaceFirst("^/[^/]*/", "");
    Map<String, String> query = query(exchange);
    String request = exchange.getRequestMethod() + " " + key + " " + query.keySet();
    if (query.containsKey("partNumber")) {
      request += query.get("partNumber");
    }
    requests.add(request);
    try (exchange) {
      Fault fault = fault(request);
      if (fault == null || !fault.happens(exchange, this)) {
        answer(exchange, key, query);
      }
    } catch (RuntimeException e) {
      answer(exchange, 500, "<Error><Code>InternalError</Code>" + e + "</Error>");
    }
  }

  private @Nullable Fault fault(String request) {
    synchronized (planned) {
      Optional<Planned> plan =
          planned.stream().filter(p -> p.request().matcher(request).matches()).findFirst();
      plan.filter(Planned::once).ifPresent(planned::remove);
      return plan.map(Planned::fault).orElse(null);
    }
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new TreeMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    for (String parameter : raw == null ? new String[0] : raw.split("&", -1)) {
      String[] pair = parameter.split("=", 2);
      query.put(pair[0], pair.length == 1 ? "" : pair[1]);
    }
    return query;
  }

  private void answer(HttpExchange exchange, String key, Map<String, String> query)
      throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String objection = objection(exchange, query, body);
    if (!objection.isEmpty()) {
      answer(exchange, 403, "<Error><Code>" + objection + "</Code></Error>");
      return;
    }
    synchronized (this) {
      switch (exchange.getRequestMethod()) {
        case "PUT" -> put(exchange, key, query, body);
        case "POST" -> post(exchange, key, query, body);
        case "DELETE" -> {
          uploads.remove(decoded(query, "uploadId"));
          exchange.sendResponseHeaders(204, -1);
        }
        default -> get(exchange, key, query);
      }
    }
  }

  private static String decoded(Map<String, String> query, String name) {
    return URLDecoder.decode(query.getOrDefault(name, ""), UTF_8);
  }

  private void put(HttpExchange exchange, String key, Map<String, String> query, byte[] body)
      throws IOException {
    if (query.containsKey("partNumber")) {
      Upload upload = uploads.get(decoded(query, "uploadId"));
      if (upload == null) {
        answer(exchange, 404, "<Error><Code>NoSuchUpload</Code></Error>");
        return;
      }
      upload.parts.put(Integer.parseInt(query.getOrDefault("partNumber", "")), body);
    } else {
      Stored there = objects.get(key);
      String none = header(exchange, "If-None-Match");
      String match = header(exchange, "If-Match");
      boolean met =
          (none.isEmpty() || there == null)
              && (match.isEmpty() || (there != null && there.tag().equals(match)));
      if (conditional && !met) {
        answer(exchange, 412, "<Error><Code>PreconditionFailed</Code></Error>");
        return;
      }
      objects.put(key, new Stored(body, headers(exchange)));
    }
    exchange.getResponseHeaders().set("ETag", "\"" + md5(body) + "\"");
    if (losesAnswer) {
      losesAnswer = false;
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(200, -1);
  }

  private static Map<String, String> headers(HttpExchange exchange) {
    return exchange.getRequestHeaders().entrySet().stream()
        .collect(
            Collectors.toMap(
                h -> h.getKey().toLowerCase(java.util.Locale.ROOT), h -> h.getValue().get(0)));
  }

  private void post(HttpExchange exchange, String key, Map<String, String> query, byte[] body)
      throws IOException {
    if (query.containsKey("uploads")) {
      String id = "up/load+" + uploads.size();
      uploads.put(id, new Upload(key, headers(exchange)));
      answer(exchange, 200, "<R><UploadId>" + id + "</UploadId></R>");
      return;
    }
    Upload upload = uploads.get(decoded(query, "uploadId"));
    if (upload == null) {
      answer(exchange, 404, "<Error><Code>NoSuchUpload</Code></Error>");
      return;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    Matcher part = PART.matcher(new String(body, UTF_8));
    while (part.find()) {
      byte[] bytes = upload.parts.get(Integer.parseInt(part.group(1)));
      if (bytes == null || !part.group(2).equals("&quot;" + md5(bytes) + "&quot;")) {
        uploads.remove(decoded(query, "uploadId"));
        answer(exchange, 400, "<Error><Code>InvalidPart</Code></Error>");
        return;
      }
      whole.write(bytes);
    }
    uploads.remove(decoded(query, "uploadId"));
    objects.put(key, new Stored(whole.toByteArray(), upload.headers));
    answer(exchange, 200, "<R><ETag>\"whatever\"</ETag></R>");
  }

  private void get(HttpExchange exchange, String key, Map<String, String> query)
      throws IOException {
    if (query.containsKey("uploads")) {
      StringBuilder list = new StringBuilder("<R>");
      uploads.forEach(
          (id, upload) ->
              list.append("<Upload><Key>" + upload.key + "</Key><UploadId>" + id + "</UploadId>")
                  .append("<Initiated>" + upload.begun + "</Initiated></Upload>"));
      answer(exchange, 200, list + "</R>");
    } else if (query.containsKey("uploadId")) {
      listParts(exchange, query);
    } else if (!objects.containsKey(key)) {
      answer(exchange, 404, "<Error><Code>NoSuchKey</Code></Error>");
    } else {
      give(exchange, object(key));
    }
  }

  /** One part at a time, so that there is always a next page. */
  private void listParts(HttpExchange exchange, Map<String, String> query) throws IOException {
    Upload upload = Objects.requireNonNull(uploads.get(decoded(query, "uploadId")));
    int marker = Integer.parseInt(query.getOrDefault("part-number-marker", "0"));
    StringBuilder list = new StringBuilder("<R>");
    SortedMap<Integer, byte[]> rest = upload.parts.tailMap(marker + 1);
    if (!rest.isEmpty()) {
      int number = rest.firstKey();
      byte[] bytes = Objects.requireNonNull(upload.parts.get(number));
      list.append("<Part><PartNumber>" + number + "</PartNumber><ETag>&quot;" + md5(bytes))
          .append("&quot;</ETag><Size>" + bytes.length + "</Size></Part>")
          .append("<NextPartNumberMarker>" + number + "</NextPartNumberMarker>");
    }
    answer(exchange, 200, list + "<IsTruncated>" + (rest.size() > 1) + "</IsTruncated></R>");
  }

  private static void give(HttpExchange exchange, Stored object) throws IOException {
    exchange.getResponseHeaders().set("ETag", object.tag());
    object.headers.forEach(
        (name, value) -> {
          if (name.startsWith("x-amz-meta-")) {
            exchange.getResponseHeaders().set(name, value);
          }
        });
    int size = object.bytes.length;
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(size));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    String range = header(exchange, "Range");
    int from = range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("^bytes=|-.*$", ""));
    if (!range.isEmpty()) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (size - 1) + "/" + size);
    }
    exchange.sendResponseHeaders(range.isEmpty() ? 200 : 206, size == 0 ? -1 : size - from);
    exchange.getResponseBody().write(object.bytes, from, size - from);
  }

  private static String objection(HttpExchange exchange, Map<String, String> query, byte[] body) {
    String digest = header(exchange, "x-amz-content-sha256");
    String checksum = header(exchange, "x-amz-checksum-sha256");
    if (!digest.equals(Sha256.of(body).hex())
        || !(checksum.isEmpty()
            || Arrays.equals(Base64.getDecoder().decode(checksum), Sha256.of(body).bytes()))) {
      return "XAmzContentSHA256Mismatch";
    }
    String[] parts = header(exchange, "Authorization").split("[ ,]+", -1);
    String[] credential = parts[1].replace("Credential=", "").split("/", 2);
    BiFunction<String, String, String> after = (name, text) -> text.replaceFirst(name + "=", "");
    List<String> names = List.of(after.apply("SignedHeaders", parts[2]).split(";", -1));
    String expected =
        new ReferenceSignature(KEY.secretAccessKey(), credential[1], header(exchange, "x-amz-date"))
            .of(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                query,
                names,
                name -> header(exchange, name),
                digest);
    boolean all =
        exchange.getRequestHeaders().keySet().stream()
            .map(name -> name.toLowerCase(java.util.Locale.ROOT))
            .filter(name -> name.startsWith("x-amz-") || name.startsWith("if-"))
            .allMatch(names::contains);
    return all && expected.equals(after.apply("Signature", parts[3]))
        ? ""
        : "SignatureDoesNotMatch";
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    boolean bare = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, bare ? -1 : bytes.length);
    if (!bare) {
      exchange.getResponseBody().write(bytes);
    }
  }

  private static String md5(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
