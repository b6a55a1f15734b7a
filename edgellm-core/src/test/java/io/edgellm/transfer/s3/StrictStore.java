package io.edgellm.transfer.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A store of objects on loopback that gives them only for a signature that is right in every part,
 * or for none where everybody may read; and answers once per planned refusal before that.
 */
final class StrictStore implements AutoCloseable {
  static final String REGION = "eu-central-1";
  static final String BUCKET = "models";
  static final S3Credentials KEY = S3Credentials.of("AKIDOFTHETEST", "a/secret+of=the test");

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");
  private static final Duration TOLERANCE = Duration.ofMinutes(15);

  /**
   * What the store says in place of an object.
   *
   * @param status of HTTP
   * @param code the store's own word
   * @param more elements of the answer
   */
  record Refusal(int status, String code, String more) {
    Refusal(int status, String code) {
      this(status, code, "");
    }
  }

  private static final class Denied extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String code;
    private final String more;

    Denied(int status, String code) {
      this(status, code, "");
    }

    Denied(int status, String code, String more) {
      this.status = status;
      this.code = code;
      this.more = more;
    }
  }

  private final HttpServer server;
  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  private final Deque<Refusal> refusals = new ArrayDeque<>();
  private final Map<String, String> headers = new ConcurrentHashMap<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final Instant now;
  private volatile boolean open;
  private volatile @Nullable String sessionToken;

  /**
   * @param now what it takes for the time; its answers are dated by this machine's clock
   */
  StrictStore(Instant now) throws IOException {
    this.now = now;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  S3Bucket bucket() {
    return new S3Bucket(endpoint(), REGION, BUCKET, "", S3Bucket.Addressing.PATH);
  }

  void put(String key, byte[] object) {
    objects.put(key, object.clone());
  }

  /** Lets everybody read. */
  void open() {
    open = true;
  }

  /** Takes nothing but this session's token from now on. */
  void requireToken(String token) {
    sessionToken = token;
  }

  void refuseOnce(Refusal refusal) {
    refusals.add(refusal);
  }

  /** Adds a header to every answer. */
  void say(String header, String value) {
    headers.put(header, value);
  }

  /** What was asked for: key, range and condition. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Signs an address for an object, as whoever hands such addresses out does. */
  URI presign(String key, Instant at, Duration validity) {
    String time = TIME.format(LocalDateTime.ofInstant(at, ZoneOffset.UTC));
    String scope = time.substring(0, 8) + "/" + REGION + "/s3/aws4_request";
    Map<String, String> query = new TreeMap<>();
    query.put("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
    query.put("X-Amz-Credential", escaped(KEY.accessKeyId() + "/" + scope));
    query.put("X-Amz-Date", time);
    query.put("X-Amz-Expires", String.valueOf(validity.toSeconds()));
    query.put("X-Amz-SignedHeaders", "host");
    String path = "/" + BUCKET + "/" + escaped(key).replace("%2F", "/");
    String signature =
        new ReferenceSignature(KEY.secretAccessKey(), scope, time)
            .of(
                "GET",
                path,
                query,
                List.of("host"),
                name -> endpoint().getAuthority(),
                "UNSIGNED-PAYLOAD");
    query.put("X-Amz-Signature", signature);
    StringBuilder address = new StringBuilder(endpoint() + path);
    char separator = '?';
    for (Map.Entry<String, String> parameter : query.entrySet()) {
      address.append(separator).append(parameter.getKey()).append('=').append(parameter.getValue());
      separator = '&';
    }
    return URI.create(address.toString());
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    String key = URLDecoder.decode(path.replace("+", "%2B"), UTF_8).replaceFirst("^/[^/]*/", "");
    String range = exchange.getRequestHeaders().getFirst("Range");
    String condition = exchange.getRequestHeaders().getFirst("If-Match");
    requests.add(key + " " + range + " " + condition);
    headers.forEach(exchange.getResponseHeaders()::set);
    try (exchange) {
      answer(exchange, key, range, condition);
    }
  }

  private void answer(
      HttpExchange exchange, String key, @Nullable String range, @Nullable String condition)
      throws IOException {
    Refusal planned = refusals.poll();
    if (planned != null) {
      refuse(exchange, planned);
      return;
    }
    try {
      if (!open) {
        verify(exchange);
      }
      byte[] object = objects.get(key);
      if (object == null) {
        throw new Denied(404, "NoSuchKey");
      }
      String tag = "\"" + Sha256.of(object).hex().substring(0, 32) + "\"";
      if (condition != null && !condition.equals(tag)) {
        throw new Denied(412, "PreconditionFailed");
      }
      send(exchange, object, tag, range);
    } catch (Denied e) {
      refuse(exchange, new Refusal(e.status, e.code, e.more));
    }
  }

  private static void send(HttpExchange exchange, byte[] object, String tag, @Nullable String range)
      throws IOException, Denied {
    exchange.getResponseHeaders().set("ETag", tag);
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("^bytes=|-.*$", ""));
    if (range != null) {
      if (from >= object.length) {
        throw new Denied(416, "InvalidRange");
      }
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (object.length - 1) + "/" + object.length);
    }
    exchange.sendResponseHeaders(range == null ? 200 : 206, object.length - from);
    exchange.getResponseBody().write(object, from, object.length - from);
  }

  private static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
    byte[] body =
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"
                + refusal.code()
                + "</Code>"
                + refusal.more()
                + "</Error>")
            .getBytes(UTF_8);
    exchange.sendResponseHeaders(refusal.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  private void verify(HttpExchange exchange) throws Denied {
    Map<String, String> query = new TreeMap<>();
    String rawQuery = exchange.getRequestURI().getRawQuery();
    for (String parameter : rawQuery == null ? new String[0] : rawQuery.split("&", -1)) {
      query.put(parameter.replaceFirst("=.*", ""), parameter.replaceFirst("[^=]*=", ""));
    }
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (query.containsKey("X-Amz-Signature")) {
      verifyAddress(exchange, query);
    } else if (authorization == null) {
      throw new Denied(403, "AccessDenied");
    } else {
      verifyHeader(exchange, authorization);
    }
  }

  private void verifyAddress(HttpExchange exchange, Map<String, String> query) throws Denied {
    String time = query.getOrDefault("X-Amz-Date", "");
    Instant end =
        instant(time).plusSeconds(Long.parseLong(query.getOrDefault("X-Amz-Expires", "0")));
    if (end.isBefore(now)) {
      throw new Denied(403, "AccessDenied", "<Message>Request has expired</Message>");
    }
    String[] credential =
        URLDecoder.decode(query.getOrDefault("X-Amz-Credential", ""), UTF_8).split("/", 2);
    String given = query.remove("X-Amz-Signature");
    List<String> names = List.of(query.getOrDefault("X-Amz-SignedHeaders", "").split("%3B", -1));
    compare(exchange, query, names, credential, time, "UNSIGNED-PAYLOAD", String.valueOf(given));
  }

  private void verifyHeader(HttpExchange exchange, String authorization) throws Denied {
    String[] parts = authorization.split("[ ,]+", -1);
    if (parts.length != 4 || !parts[0].equals("AWS4-HMAC-SHA256")) {
      throw new Denied(400, "AuthorizationHeaderMalformed");
    }
    String time = header(exchange, "x-amz-date");
    List<String> names = Arrays.asList(after("SignedHeaders=", parts[2]).split(";", -1));
    requireSigned(exchange, names);
    if (Duration.between(instant(time), now).abs().compareTo(TOLERANCE) > 0) {
      throw new Denied(403, "RequestTimeTooSkewed");
    }
    if (!header(exchange, "x-amz-content-sha256").equals(Sha256.of(new byte[0]).hex())) {
      throw new Denied(400, "XAmzContentSHA256Mismatch");
    }
    compare(
        exchange,
        Map.of(),
        names,
        after("Credential=", parts[1]).split("/", 2),
        time,
        header(exchange, "x-amz-content-sha256"),
        after("Signature=", parts[3]));
    String token = sessionToken;
    if (token != null && !token.equals(header(exchange, "x-amz-security-token"))) {
      throw new Denied(400, "ExpiredToken");
    }
  }

  /** Whatever means something to a store must be signed, and names stand in order. */
  private static void requireSigned(HttpExchange exchange, List<String> names) throws Denied {
    Set<String> wanted = new TreeSet<>(Set.of("host"));
    for (String name : exchange.getRequestHeaders().keySet()) {
      String lower = name.toLowerCase(java.util.Locale.ROOT);
      if (lower.startsWith("x-amz-") || lower.equals("range") || lower.equals("if-match")) {
        wanted.add(lower);
      }
    }
    if (!List.copyOf(wanted).equals(names)) {
      throw new Denied(403, "AccessDenied");
    }
  }

  private void compare(
      HttpExchange exchange,
      Map<String, String> query,
      List<String> names,
      String[] credential,
      String time,
      String payload,
      String given)
      throws Denied {
    if (!credential[0].equals(KEY.accessKeyId())) {
      throw new Denied(403, "InvalidAccessKeyId");
    }
    if (!credential[1].equals(time.substring(0, 8) + "/" + REGION + "/s3/aws4_request")) {
      throw new Denied(400, "AuthorizationHeaderMalformed");
    }
    String expected =
        new ReferenceSignature(KEY.secretAccessKey(), credential[1], time)
            .of(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                query,
                names,
                name -> header(exchange, name),
                payload);
    if (!expected.equals(given)) {
      throw new Denied(403, "SignatureDoesNotMatch");
    }
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  private static String after(String beginning, String text) throws Denied {
    if (!text.startsWith(beginning)) {
      throw new Denied(400, "AuthorizationHeaderMalformed");
    }
    return text.substring(beginning.length());
  }

  private static Instant instant(String time) {
    return LocalDateTime.parse(time, TIME).toInstant(ZoneOffset.UTC);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
