package io.edgellm.trust.sigstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.edgellm.trust.oms.Octets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bouncycastle.tsp.TimeStampRequest;

/**
 * {@link TestSigstore} as services on loopback, with the REST interfaces of Fulcio 2, Rekor 1, a
 * time stamp authority and GitHub's tokens. They check what the real ones check.
 */
public final class TestSigstoreServers implements AutoCloseable {
  /** The one that these services have. */
  public static final Instant NOW = TestSigstore.NOON;

  /** The secret with which a workflow asks for its token. */
  public static final String BEARER = "bearer-of-the-workflow";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestSigstore sigstore = new TestSigstore();
  private final KeyPair issuer = TestSigstore.newKey();
  private final HttpServer http;
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<String> paths = new ArrayList<>();
  private volatile Fault fault = Fault.NONE;

  /** What the services do wrong. */
  public enum Fault {
    /** Nothing. */
    NONE,
    /** The authority says no. */
    REFUSING_AUTHORITY,
    /** The authority certifies another account. */
    OTHER_ACCOUNT,
    /** The authority's certificate was never logged. */
    UNLOGGED_CERTIFICATE,
    /** The log never answers. */
    SILENT_LOG,
    /** The log sends the beginning of an answer. */
    STALLING_LOG,
    /** The log is out of order. */
    BROKEN_LOG,
    /** The log answers with the entry of another signature. */
    WRONG_ENTRY,
    /** The log answers with a promise that it did not sign. */
    FORGED_PROMISE,
    /** The log answers something that is no entry. */
    NO_ENTRY,
    /** The log answers without an end. */
    ENDLESS_LOG,
    /** The time stamp authority stamps another time. */
    LATE_STAMP
  }

  /** Starts all services. */
  public TestSigstoreServers() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(workers);
    http.createContext("/api/v2/signingCert", exchange -> answer(exchange, this::certify));
    http.createContext("/api/v1/log/entries", exchange -> answer(exchange, this::log));
    http.createContext("/stamp", exchange -> answer(exchange, this::stamp));
    http.createContext("/token", exchange -> answer(exchange, this::token));
    http.start();
  }

  private interface Service {
    Reply answer(HttpExchange exchange, byte[] body) throws IOException, GeneralSecurityException;
  }

  private record Reply(int status, Octets body) {
    static Reply of(int status, JsonNode json) throws IOException {
      return new Reply(status, Octets.of(JSON.writeValueAsBytes(json)));
    }
  }

  private void answer(HttpExchange exchange, Service service) throws IOException {
    try (exchange) {
      synchronized (paths) {
        paths.add(exchange.getRequestURI().getPath());
      }
      Reply reply = service.answer(exchange, exchange.getRequestBody().readAllBytes());
      boolean endless = fault == Fault.ENDLESS_LOG && isLog(exchange);
      boolean stalling = fault == Fault.STALLING_LOG && isLog(exchange);
      exchange.sendResponseHeaders(
          reply.status(), endless ? 0 : reply.body().length() + (stalling ? 1 : 0));
      exchange.getResponseBody().write(reply.body().toBytes());
      while (endless && closing.getCount() > 0) {
        exchange.getResponseBody().write(new byte[1 << 16]);
      }
      if (stalling) {
        exchange.getResponseBody().flush();
        await();
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static boolean isLog(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().contains("/log/");
  }

  private void await() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets the services do something wrong from now on. */
  public void commit(Fault wrong) {
    fault = wrong;
  }

  /** Returns the paths that were asked for. */
  public List<String> asked() {
    synchronized (paths) {
      return List.copyOf(paths);
    }
  }

  /** Returns the base address of all services. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  /** Returns the root that devices pin. */
  public SigstoreTrustRoot root() {
    return sigstore.root();
  }

  /** Returns the account whose tokens {@link #token} makes. */
  public static KeylessIdentity account(String subject) {
    return new KeylessIdentity(TestSigstore.ISSUER, subject);
  }

  /** Returns the token of an account, valid for five minutes from {@link #NOW}. */
  public String token(String subject) {
    return token(subject, "sigstore", NOW.plus(Duration.ofMinutes(5)));
  }

  /** Returns a token. */
  public String token(String subject, String audience, Instant expires) {
    ObjectNode claims = JSON.createObjectNode();
    claims.put("iss", TestSigstore.ISSUER).put("aud", audience).put("sub", subject);
    claims.put("exp", expires.getEpochSecond());
    if (subject.contains("@") && !subject.contains("://")) {
      claims.put("sub", "account-17").put("email", subject).put("email_verified", true);
    }
    String signed =
        url("{\"alg\":\"ES256\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + url(claims.toString().getBytes(StandardCharsets.UTF_8));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(issuer.getPrivate());
      signature.update(signed.getBytes(StandardCharsets.UTF_8));
      return signed + "." + url(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private Reply token(HttpExchange exchange, byte[] body) throws IOException {
    boolean known =
        ("bearer " + BEARER).equals(exchange.getRequestHeaders().getFirst("Authorization"))
            && "run=1&audience=sigstore".equals(exchange.getRequestURI().getQuery());
    return known
        ? Reply.of(
            200,
            JSON.createObjectNode()
                .put("count", 1)
                .put("value", token("https://forge.test/acme/models/.github/workflows/r.yml@main")))
        : Reply.of(401, JSON.createObjectNode().put("message", "who are you?"));
  }

  private Reply certify(HttpExchange exchange, byte[] body)
      throws IOException, GeneralSecurityException {
    JsonNode request = JSON.readTree(body);
    String[] token = request.at("/credentials/oidcIdentityToken").asText().split("\\.", -1);
    JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(token[1]));
    String subject = claims.path("email").asText(claims.path("sub").asText());
    PublicKey key = publicKey(request.at("/publicKeyRequest/publicKey/content").asText());
    boolean genuine =
        verifies(
                "SHA256withECDSAinP1363Format",
                issuer.getPublic(),
                (token[0] + "." + token[1]).getBytes(StandardCharsets.UTF_8),
                Base64.getUrlDecoder().decode(token[2]))
            && verifies(
                "SHA256withECDSA",
                key,
                subject.getBytes(StandardCharsets.UTF_8),
                request.at("/publicKeyRequest/proofOfPossession").binaryValue());
    if (!genuine || fault == Fault.REFUSING_AUTHORITY) {
      return Reply.of(
          403, JSON.createObjectNode().put("code", 7).put("message", "no such account"));
    }
    TestSigstore.Order order =
        TestSigstore.Order.ordinary()
            .by(TestSigstore.ISSUER, fault == Fault.OTHER_ACCOUNT ? "eve@models.test" : subject);
    ObjectNode answer = JSON.createObjectNode();
    answer
        .putObject(
            fault == Fault.UNLOGGED_CERTIFICATE
                ? "signedCertificateDetachedSct"
                : "signedCertificateEmbeddedSct")
        .putObject("chain")
        .putArray("certificates")
        .add(sigstore.certify(key, order))
        .add(sigstore.authorityPem());
    return Reply.of(200, answer);
  }

  private static PublicKey publicKey(String pem) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC")
        .generatePublic(
            new X509EncodedKeySpec(
                Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----", ""))));
  }

  private static boolean verifies(String algorithm, PublicKey key, byte[] message, byte[] signed)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    signature.initVerify(key);
    signature.update(message);
    return signature.verify(signed);
  }

  private Reply log(HttpExchange exchange, byte[] body)
      throws IOException, GeneralSecurityException {
    switch (fault) {
      case SILENT_LOG -> await();
      case BROKEN_LOG -> {
        return new Reply(503, Octets.of(new byte[0]));
      }
      case NO_ENTRY -> {
        return Reply.of(201, JSON.createObjectNode());
      }
      default -> {}
    }
    JsonNode proposed = JSON.readTree(body).at("/spec/proposedContent");
    JsonNode envelope = JSON.readTree(proposed.path("envelope").asText());
    byte[] payload = envelope.path("payload").binaryValue();
    byte[] signature = envelope.at("/signatures/0/sig").binaryValue();
    byte[] verifier = proposed.at("/verifiers/0").binaryValue();
    PublicKey key =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(verifier))
            .getPublicKey();
    if (!verifies(
        "SHA256withECDSA", key, TestSigstore.preAuthenticationEncoding(payload), signature)) {
      return Reply.of(400, JSON.createObjectNode().put("message", "does not verify"));
    }
    return Reply.of(201, entry(payload, signature, new String(verifier, StandardCharsets.UTF_8)));
  }

  /** Answers in the form of Rekor 1, which is not that of bundles. */
  private ObjectNode entry(byte[] payload, byte[] signature, String verifier) throws IOException {
    byte[] logged =
        fault == Fault.WRONG_ENTRY
            ? TestSigstore.sign(issuer, TestSigstore.preAuthenticationEncoding(payload))
            : signature;
    ObjectNode material = JSON.createObjectNode();
    sigstore.record(
        material, TestSigstore.entry(payload, logged, verifier), TestSigstore.Order.ordinary());
    JsonNode entry = material.at("/tlogEntries/0");
    ObjectNode answer = JSON.createObjectNode();
    ObjectNode out = answer.putObject("24296fb24b8ad77a".repeat(5));
    out.put("body", entry.path("canonicalizedBody").asText());
    out.put("integratedTime", entry.path("integratedTime").asLong());
    out.put("logID", hex(entry.at("/logId/keyId")));
    out.put("logIndex", entry.path("logIndex").asLong());
    ObjectNode verification = out.putObject("verification");
    ObjectNode proof = verification.putObject("inclusionProof");
    proof.put("checkpoint", entry.at("/inclusionProof/checkpoint/envelope").asText());
    var hashes = proof.putArray("hashes");
    for (JsonNode hash : entry.at("/inclusionProof/hashes")) {
      hashes.add(hex(hash));
    }
    proof.put("logIndex", entry.at("/inclusionProof/logIndex").asLong());
    proof.put("rootHash", hex(entry.at("/inclusionProof/rootHash")));
    proof.put("treeSize", entry.at("/inclusionProof/treeSize").asLong());
    verification.put(
        "signedEntryTimestamp",
        fault == Fault.FORGED_PROMISE
            ? Base64.getEncoder().encodeToString(signature)
            : entry.at("/inclusionPromise/signedEntryTimestamp").asText());
    return answer;
  }

  private static String hex(JsonNode base64) throws IOException {
    return HexFormat.of().formatHex(base64.binaryValue());
  }

  private Reply stamp(HttpExchange exchange, byte[] body) throws IOException {
    try {
      TimeStampRequest request = new TimeStampRequest(body);
      Instant time = fault == Fault.LATE_STAMP ? NOW.plus(Duration.ofHours(1)) : NOW.plusSeconds(3);
      return new Reply(200, Octets.of(sigstore.stamp(request, time)));
    } catch (RuntimeException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    http.stop(0);
    workers.shutdownNow();
  }
}
