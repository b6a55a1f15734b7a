package io.edgellm.transfer.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A token service as registries know it, with a key and certificate of its own: gives everybody who
 * knows a password the right to pull, and a publisher that to push, as a JWT.
 */
final class TokenService implements AutoCloseable {
  static final OciCredentials DEVICE = new OciCredentials("device", "pass word:1");
  private static final String SERVICE = "registry of the test";
  static final OciCredentials PUBLISHER = new OciCredentials("publisher", "open sesame");
  private static final Pattern SCOPE = Pattern.compile("repository:([a-z/]+):(pull(?:,push)?)");

  private final HttpServer server;
  private final PrivateKey key;
  private final Certificate certificate;
  private final Path bundle;
  private final List<String> scopes = Collections.synchronizedList(new ArrayList<>());

  TokenService(Path directory) throws Exception {
    Files.createDirectories(directory);
    Path store = directory.resolve("token.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "token",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                "CN=token service of the test",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit")
            .inheritIO()
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool has failed");
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    key = (PrivateKey) keys.getKey("token", "changeit".toCharArray());
    certificate = keys.getCertificate("token");
    bundle =
        Files.writeString(
            directory.resolve("token.pem"),
            "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/token", this::handle);
    server.start();
  }

  /** Returns the section of a registry's configuration that makes it believe this service. */
  String configuration() {
    return "auth:\n  token:\n    realm: "
        + URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/token?of=test")
        + "\n    service: "
        + SERVICE
        + "\n    issuer: test\n    rootcertbundle: "
        + bundle
        + "\n";
  }

  /** The scopes that tokens of the device were asked for. */
  List<String> scopes() {
    return List.copyOf(scopes);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String query = URLDecoder.decode(exchange.getRequestURI().getRawQuery(), UTF_8);
    String shown = exchange.getRequestHeaders().getFirst("Authorization");
    boolean publisher = basic(PUBLISHER).equals(shown);
    Matcher scope = SCOPE.matcher(query);
    try (exchange) {
      if (!(publisher || basic(DEVICE).equals(shown))
          || !query.contains("of=test")
          || !query.contains("service=" + SERVICE)
          || !scope.find()) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      if (!publisher) {
        scopes.add(scope.group());
      }
      String actions = publisher ? "\"pull\",\"push\"" : "\"pull\"";
      byte[] answer =
          ("{\"token\":\"" + token(scope.group(1), actions) + "\",\"expires_in\":300}")
              .getBytes(UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private static String basic(OciCredentials known) {
    String pair = known.user() + ":" + known.password();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  private String token(String repository, String actions) {
    long now = Instant.now().getEpochSecond();
    try {
      String header =
          "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\""
              + Base64.getEncoder().encodeToString(certificate.getEncoded())
              + "\"]}";
      String claims =
          "{\"iss\":\"test\",\"sub\":\"device\",\"aud\":\""
              + SERVICE
              + "\",\"exp\":"
              + (now + 300)
              + ",\"nbf\":"
              + (now - 10)
              + ",\"iat\":"
              + now
              + ",\"jti\":\"1\",\"access\":[{\"type\":\"repository\",\"name\":\""
              + repository
              + "\",\"actions\":["
              + actions
              + "]}]}";
      String signed = base64(header.getBytes(UTF_8)) + "." + base64(claims.getBytes(UTF_8));
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(signed.getBytes(UTF_8));
      return signed + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
