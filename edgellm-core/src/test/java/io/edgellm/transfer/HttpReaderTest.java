package io.edgellm.transfer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.edgellm.transfer.TransferException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HttpReaderTest {
  private static final byte[] DOCUMENT = "0123456789".getBytes(UTF_8);
  private static final PrivateAuthority OURS = new PrivateAuthority("ours");
  private static final PrivateAuthority OTHERS = new PrivateAuthority("others");
  private static final String SECRET = "Bearer s3cr3t";

  @TempDir Path dir;

  /** A server with a certificate for a name, which may ask clients for theirs. */
  private static HttpsServer https(SSLContext tls, boolean asksForCertificates) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
            ssl.setNeedClientAuth(asksForCertificates);
            parameters.setSSLParameters(ssl);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, DOCUMENT.length);
          exchange.getResponseBody().write(DOCUMENT);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static byte[] read(HttpsServer server, HttpReader reader) {
    URI root = URI.create("https://localhost:" + server.getAddress().getPort() + "/");
    return new HttpArtifactSource(root, reader).document("index.json", 100);
  }

  private static TransferException refusal(HttpsServer server, HttpReader reader) {
    return catchThrowableOfType(TransferException.class, () -> read(server, reader));
  }

  private static HttpReader.Builder reader() {
    return HttpReader.builder().inactivity(Duration.ofSeconds(5));
  }

  @Test
  void aPrivateAuthorityIsTrustedOnlyIfItIsGiven() throws Exception {
    HttpsServer server = https(OURS.server(PrivateAuthority.localhost()), false);
    try {
      assertThat(read(server, reader().trustOnly(OURS.pem(dir.resolve("ca.pem"))).build()))
          .isEqualTo(DOCUMENT);
      assertThat(read(server, reader().trustAlso(List.of(OURS.certificate())).build()))
          .isEqualTo(DOCUMENT);
      for (HttpReader distrustful :
          List.of(
              reader().build(),
              reader().trustOnly(List.of(OTHERS.certificate())).build(),
              reader().trustAlso(OTHERS.pem(dir.resolve("others.pem"))).build())) {
        TransferException e = refusal(server, distrustful);
        assertThat(e.reason()).isEqualTo(Reason.REFUSED);
        assertThat(e).hasMessageContaining("certificate");
      }
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aCertificateOfAnotherNameIsRefused() throws IOException {
    GeneralName elsewhere = new GeneralName(GeneralName.dNSName, "elsewhere.test");
    HttpsServer server = https(OURS.server(elsewhere), false);
    try {
      TransferException e =
          refusal(server, reader().trustOnly(List.of(OURS.certificate())).build());
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aServerThatAsksForACertificateGetsTheOneThatWasGiven() throws IOException {
    HttpsServer server = https(OURS.server(PrivateAuthority.localhost()), true);
    try {
      HttpReader.Builder known =
          reader()
              .trustOnly(List.of(OURS.certificate()))
              .clientCertificate(OURS.identity(), PrivateAuthority.PASSWORD);
      assertThat(read(server, known.build())).isEqualTo(DOCUMENT);
      HttpReader unknown = reader().trustOnly(List.of(OURS.certificate())).build();
      assertThat(refusal(server, unknown)).isNotNull();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aFileThatHoldsNoCertificateIsSaidSo() throws IOException {
    Path empty = Files.writeString(dir.resolve("empty.pem"), "");
    Path wrong = Files.writeString(dir.resolve("wrong.pem"), "-----BEGIN CERTIFICATE-----\nno");
    for (Path pem : List.of(empty, wrong, dir.resolve("absent.pem"))) {
      TransferException e =
          catchThrowableOfType(TransferException.class, () -> reader().trustOnly(pem));
      assertThat(e.reason()).isEqualTo(Reason.IO);
      assertThat(e).hasMessageContaining(pem.toString());
    }
  }

  /** Answers as a proxy does that knows one user: it has fetched everything already. */
  private static boolean proxy(PlainServer.Request request, PlainServer.Line line)
      throws IOException {
    String login = "Basic " + Base64.getEncoder().encodeToString("edge:pass".getBytes(ISO_8859_1));
    if (login.equals(request.headers().get("Proxy-Authorization"))) {
      line.head("HTTP/1.1 200 OK\nContent-Length: 10");
      line.body(DOCUMENT, 0, 10);
    } else {
      line.head("HTTP/1.1 407 Login\nProxy-Authenticate: Basic realm=\"edge\"\nContent-Length: 0");
    }
    return true;
  }

  private static byte[] readThrough(HttpReader.Builder reader, String root) {
    return new HttpArtifactSource(URI.create(root), reader.build()).document("index.json", 100);
  }

  @Test
  void aProxyGetsItsPasswordAndTheServerDoesNot() throws IOException {
    try (PlainServer proxy = new PlainServer(HttpReaderTest::proxy)) {
      HttpReader.Builder reader =
          reader().proxy("127.0.0.1", proxy.port(), "edge", "pass".toCharArray());
      assertThat(readThrough(reader, "http://models.test/")).isEqualTo(DOCUMENT);
      assertThat(proxy.requests().get(0).target()).isEqualTo("http://models.test/index.json");
      assertThat(proxy.requests())
          .noneMatch(request -> request.headers().containsKey("Authorization"));
    }
  }

  @Test
  void aProxyThatWantsAnotherLoginRefuses() throws IOException {
    try (PlainServer proxy = new PlainServer(HttpReaderTest::proxy)) {
      HttpReader.Builder none = reader().proxy("127.0.0.1", proxy.port());
      TransferException e =
          catchThrowableOfType(
              TransferException.class, () -> readThrough(none, "http://models.test/"));
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e).hasMessageContaining("407");
    }
  }

  @Test
  void httpsThroughAProxyThatWantsAPasswordIsRefusedAsTheRuntimeDoesIt() throws IOException {
    try (PlainServer proxy = new PlainServer(HttpReaderTest::proxy)) {
      HttpReader.Builder reader =
          reader().proxy("127.0.0.1", proxy.port(), "edge", "pass".toCharArray());
      TransferException e =
          catchThrowableOfType(
              TransferException.class, () -> readThrough(reader, "https://models.test/"));
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e).hasMessageContaining("407");
      assertThat(proxy.requests().get(0).line()).startsWith("CONNECT models.test:443");
    }
  }

  @Test
  void httpsGoesThroughATunnel() throws IOException {
    HttpsServer server = https(OURS.server(PrivateAuthority.localhost()), false);
    try (TunnelProxy proxy = new TunnelProxy()) {
      HttpReader reader =
          reader().trustOnly(List.of(OURS.certificate())).proxy("127.0.0.1", proxy.port()).build();
      assertThat(read(server, reader)).isEqualTo(DOCUMENT);
      assertThat(proxy.targets()).containsExactly("localhost:" + server.getAddress().getPort());
    } finally {
      server.stop(0);
    }
  }

  private static boolean ok(PlainServer.Request request, PlainServer.Line line) throws IOException {
    line.file(request, DOCUMENT, DOCUMENT.length);
    return true;
  }

  private static PlainServer.Answer redirect(String location) {
    return (request, line) -> {
      line.head("HTTP/1.1 302 Found\nLocation: " + location + "\nContent-Length: 0");
      return true;
    };
  }

  private static HttpArtifactSource source(PlainServer server, RedirectPolicy policy) {
    return new HttpArtifactSource(server.uri(), reader().redirects(policy).build())
        .withHeader("Authorization", SECRET);
  }

  @Test
  void aRedirectionWithinTheOriginIsFollowedWithEverything() throws IOException {
    try (PlainServer server =
        new PlainServer(
            (request, line) ->
                request.target().equals("/there")
                    ? ok(request, line)
                    : redirect("/there").write(request, line))) {
      try (ArtifactSource.BlobStream stream =
          source(server, RedirectPolicy.sameOrigin()).open("index.json", 5)) {
        assertThat(stream.offsetBytes()).isEqualTo(5);
        assertThat(stream.bytes().readAllBytes()).hasSize(5);
      }
      assertThat(server.requests())
          .hasSize(2)
          .allSatisfy(r -> assertThat(r.headers()).containsEntry("Authorization", SECRET));
    }
  }

  @Test
  void anotherHostIsFollowedToOnlyIfItIsNamedAndLearnsNoSecret() throws IOException {
    try (PlainServer other = new PlainServer(HttpReaderTest::ok)) {
      String elsewhere = "http://localhost:" + other.port() + "/blob?signature=s3cr3t";
      try (PlainServer server = new PlainServer(redirect(elsewhere))) {
        TransferException e =
            catchThrowableOfType(
                TransferException.class,
                () -> source(server, RedirectPolicy.sameOrigin()).open("index.json", 5));
        assertThat(e.reason()).isEqualTo(Reason.REFUSED);
        assertThat(e).hasMessageContaining("http://localhost");
        assertThat(e.getMessage()).doesNotContain("s3cr3t");
        assertThat(other.requests()).isEmpty();

        try (ArtifactSource.BlobStream stream =
            source(server, RedirectPolicy.alsoTo("LocalHost")).open("index.json", 5)) {
          assertThat(stream.bytes().readAllBytes()).hasSize(5);
        }
        assertThat(other.requests()).hasSize(1);
        assertThat(other.requests().get(0).headers())
            .doesNotContainKey("Authorization")
            .containsEntry("Range", "bytes=5-");
      }
    }
  }

  @Test
  void neverFromHttpsToHttp() {
    URI from = URI.create("https://models.test/a");
    RedirectPolicy policy = RedirectPolicy.alsoTo("models.test", "cdn.test");
    assertThat(policy.allows(from, URI.create("https://cdn.test/b"))).isTrue();
    assertThat(policy.allows(from, URI.create("https://models.test:443/b"))).isTrue();
    assertThat(policy.allows(from, URI.create("http://models.test/a"))).isFalse();
    assertThat(policy.allows(from, URI.create("http://cdn.test/b"))).isFalse();
    assertThat(policy.allows(from, URI.create("ftp://cdn.test/b"))).isFalse();
    assertThat(policy.allows(from, URI.create("https:///b"))).isFalse();
    assertThat(policy.allows(from, URI.create("https://cdn.test.evil.test/b"))).isFalse();
    assertThat(policy.allows(URI.create("http://a.test/"), URI.create("https://cdn.test/")))
        .isTrue();
  }

  @Test
  void circlesAndNonsenseAreRefused() throws IOException {
    for (String location : List.of("/again", "http://[nonsense", "mailto:a@b.test")) {
      try (PlainServer server = new PlainServer(redirect(location))) {
        TransferException e =
            catchThrowableOfType(
                TransferException.class,
                () -> source(server, RedirectPolicy.sameOrigin()).document("index.json", 9));
        assertThat(e.reason()).as(location).isEqualTo(Reason.REFUSED);
        assertThat(server.requests()).hasSizeLessThanOrEqualTo(6);
      }
    }
  }

  @Test
  void aHeaderStandsInNoMessage() throws IOException {
    try (PlainServer server =
        new PlainServer(
            (request, line) -> {
              line.head("HTTP/1.1 401 No\nContent-Length: 0");
              return true;
            })) {
      HttpArtifactSource source = source(server, RedirectPolicy.never());
      TransferException e =
          catchThrowableOfType(TransferException.class, () -> source.document("index.json", 9));
      assertThat(e + source.describe()).doesNotContain("s3cr3t");
    }
  }

  @Test
  void aServerThatNobodyCanConnectToIsUnreachable() {
    // A documentation address, which no network routes.
    HttpReader hasty = HttpReader.builder().connectTimeout(Duration.ofMillis(50)).build();
    TransferException e =
        catchThrowableOfType(
            TransferException.class,
            () ->
                new HttpArtifactSource(URI.create("http://192.0.2.1/"), hasty)
                    .document("index.json", 9));
    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
  }

  @Test
  void sourcesThatAreClosedLeaveNoWorkerThreads() throws IOException {
    Set<Thread> before = workers();
    try (PlainServer server = new PlainServer(HttpReaderTest::ok)) {
      for (int i = 0; i < 30; i++) {
        HttpArtifactSource source = HttpArtifactSource.at(server.uri());
        try (ArtifactSource withHeader = source.withHeader("X-Number", String.valueOf(i))) {
          withHeader.document("index.json", 100);
        }
        source.close();
        assertThatThrownBy(() -> source.document("index.json", 100))
            .isInstanceOf(IllegalStateException.class);
      }
    }
    Set<Thread> left = workers();
    left.removeAll(before);
    for (Thread worker : left) {
      assertThatCode(() -> worker.join(10_000)).doesNotThrowAnyException();
      assertThat(worker.isAlive()).as(worker.getName()).isFalse();
    }
  }

  private static Set<Thread> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("edgellm-http"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  @Test
  void aClosedReaderLeavesTheClientOfTheHostAlone() throws IOException {
    try (PlainServer server = new PlainServer(HttpReaderTest::ok)) {
      HttpReader hosts = new HttpReader(HttpClient.newHttpClient(), Duration.ofSeconds(5));
      hosts.close();
      hosts.close();
      assertThat(new HttpArtifactSource(server.uri(), hosts).document("a", 100)).isNotEmpty();
      HttpReader own = reader().build();
      own.withoutRedirects().close();
      assertThat(new HttpArtifactSource(server.uri(), own).document("a", 100)).isNotEmpty();
      own.close();
    }
  }

  @Test
  void aReaderIsClosedUnderABodyThatNobodyReads() throws IOException {
    byte[] much = new byte[8 << 20];
    try (PlainServer server =
        new PlainServer(
            (request, line) -> {
              line.file(request, much, much.length);
              return true;
            })) {
      HttpArtifactSource source = HttpArtifactSource.at(server.uri());
      try (ArtifactSource.BlobStream stream = source.open("large", 0)) {
        assertThat(stream.bytes().read()).isZero();
        source.close();
      }
      assertThat(Thread.interrupted()).isFalse();
    }
  }
}
