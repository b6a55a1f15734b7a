package io.edgellm.trust.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.OmsSigner;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts with and without sigstore-java, on the class path and on the module path. */
final class OptionalSigstoreTest {
  private static final Sha256 MODEL = Sha256.of("model".getBytes(StandardCharsets.UTF_8));
  private static final List<String> OPTIONAL =
      List.of(
          "sigstore-java",
          "google-http-client",
          "java-json-canonicalization",
          "protobuf-java",
          "guava",
          "failureaccess",
          "gson",
          "bcprov",
          "bcpkix",
          "bcutil");
  private static final List<String> REQUIRED =
      List.of("jackson-core", "jackson-databind", "jackson-annotations", "slf4j-api", "jspecify");

  @TempDir Path dir;

  @BeforeEach
  void sign() throws Exception {
    TestSigstore sigstore = new TestSigstore();
    Files.writeString(dir.resolve("digest"), MODEL.hex());
    Files.write(dir.resolve("trusted_root.json"), TestSigstore.bytes(sigstore.rootJson()));
    Files.write(
        dir.resolve("bundle.json"),
        TestSigstore.bytes(
            sigstore.sign(TestSigstore.statement(MODEL), TestSigstore.Order.ordinary())));
  }

  private void signWithAKey() {
    KeyPair key = TestSigstore.newKey();
    write("key.pub", TestSigstore.pem(key));
    write(
        "bundle.json",
        new String(
            TestSigstore.bytes(
                new TestSigstore()
                    .sign(TestSigstore.statement(MODEL), key, TestSigstore.Order.ordinary())),
            StandardCharsets.UTF_8));
  }

  private void write(String name, String text) {
    try {
      Files.writeString(dir.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOneOf(String entry, List<String> names) {
    Path file = Path.of(entry).getFileName();
    return file != null && names.stream().anyMatch(file.toString()::startsWith);
  }

  private static String path(Predicate<String> which) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(which)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static List<String> classPath(boolean complete) {
    return List.of(
        "-cp", path(e -> complete || !isOneOf(e, OPTIONAL)), KeylessHost.class.getName());
  }

  private static List<String> modulePath(boolean complete) {
    String ours = Path.of("target", "classes").toAbsolutePath().toString();
    String others = path(e -> isOneOf(e, REQUIRED) || (complete && isOneOf(e, OPTIONAL)));
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--module-path", ours + File.pathSeparator + others));
    options.addAll(
        List.of("--patch-module", "io.edgellm.core=" + Path.of("target", "test-classes")));
    if (complete) {
      options.addAll(List.of("--add-modules", "ALL-MODULE-PATH"));
    }
    options.addAll(List.of("--module", "io.edgellm.core/" + KeylessHost.class.getName()));
    return options;
  }

  @Test
  void aSignedReleaseIsVerifiedWithoutTheLibrary() throws Exception {
    Path model = Files.createDirectory(dir.resolve("model"));
    Files.writeString(model.resolve("weights"), "1");
    EcSigningKey key = EcSigningKey.generate(EcdsaCurve.P256);
    Files.writeString(dir.resolve("key.pub"), key.publicKey().toPem());
    Files.write(dir.resolve("model.sig"), new OmsSigner(key).sign(model, List.of()));

    for (List<String> host : List.of(classPath(false), modulePath(false))) {
      assertThat(KeylessHost.in(host, "release", dir.toString())).startsWith("ecdsa-p256 ");
    }
  }

  @Test
  void aBundleWithAKeyIsVerifiedWithoutTheLibrary() {
    signWithAKey();

    for (List<String> host : List.of(classPath(false), modulePath(false))) {
      assertThat(KeylessHost.in(host, "key", dir.toString())).startsWith("ecdsa-p256 ");
    }
  }

  @Test
  void aKeylessSignerWithoutTheLibrarySaysWhatToAdd() {
    for (List<String> host : List.of(classPath(false), modulePath(false))) {
      assertThat(KeylessHost.in(host, "keyless", dir.toString()))
          .startsWith("MISSING_DEPENDENCY: ")
          .contains("add dev.sigstore:sigstore-java 2.0.0 to the application");
    }
  }

  @Test
  void signingWithoutAKeySaysWhatToAdd() {
    for (List<String> host : List.of(classPath(false), modulePath(false))) {
      assertThat(KeylessHost.in(host, "sign", dir.toString()))
          .startsWith("MISSING_DEPENDENCY: ")
          .contains("add dev.sigstore:sigstore-java 2.0.0 to the application");
    }
    for (List<String> host : List.of(classPath(true), modulePath(true))) {
      assertThat(KeylessHost.in(host, "sign", dir.toString()))
          .isEqualTo("alice@models.test (https://accounts.test)");
    }
  }

  @Test
  void aKeylessSignerIsVerifiedOnTheModulePath() {
    assertThat(KeylessHost.in(modulePath(true), "keyless", dir.toString()))
        .isEqualTo("alice@models.test (https://accounts.test)");
  }

  @Test
  void aKeylessSignerIsVerifiedWithoutAnyNetwork() throws Exception {
    Path noHosts = Files.createFile(dir.resolve("hosts"));
    AtomicInteger connections = new AtomicInteger();
    try (ServerSocket trap = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread guard = new Thread(() -> count(trap, connections), "trap");
      guard.start();
      List<String> isolated = new ArrayList<>();
      isolated.add("-Djdk.net.hosts.file=" + noHosts);
      for (String kind : List.of("http.proxy", "https.proxy", "socksProxy")) {
        isolated.add("-D" + kind + "Host=" + trap.getInetAddress().getHostAddress());
        isolated.add("-D" + kind + "Port=" + trap.getLocalPort());
      }
      isolated.addAll(classPath(true));

      assertThat(KeylessHost.in(isolated, "keyless", dir.toString()))
          .isEqualTo("alice@models.test (https://accounts.test)");
      assertThat(connections).hasValue(0);

      // The trap works: whoever tries to leave falls into it.
      KeylessHost.in(isolated, "connect", dir.toString(), "https://sigstore.test/");
      assertThat(connections).hasPositiveValue();
    }
  }

  private static void count(ServerSocket trap, AtomicInteger connections) {
    while (true) {
      try {
        trap.accept().close();
        connections.incrementAndGet();
      } catch (IOException e) {
        return;
      }
    }
  }
}
