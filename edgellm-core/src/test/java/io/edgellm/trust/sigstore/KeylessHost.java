package io.edgellm.trust.sigstore;

import io.edgellm.model.EdgeLlmException;
import io.edgellm.model.Sha256;
import io.edgellm.release.keyless.KeylessSigner;
import io.edgellm.release.keyless.SigstoreServices;
import io.edgellm.release.keyless.TokenSource;
import io.edgellm.trust.oms.EcVerificationKey;
import io.edgellm.trust.oms.KeyVerifier;
import io.edgellm.trust.oms.ModelHasher;
import io.edgellm.trust.oms.OmsVerifier;
import io.edgellm.trust.oms.Symlinks;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A host application in a JVM of its own: does one thing, and prints how it went. */
final class KeylessHost {
  private KeylessHost() {}

  public static void main(String[] arguments) throws Exception {
    try {
      System.out.println(run(List.of(arguments)));
    } catch (EdgeLlmException e) {
      System.out.println(e.reason() + ": " + e.getMessage());
    }
  }

  private static String run(List<String> arguments) throws Exception {
    Path dir = Path.of(arguments.get(1));
    switch (arguments.get(0)) {
      case "release" -> {
        EcVerificationKey key = EcVerificationKey.fromPem(Files.readString(dir.resolve("key.pub")));
        return new OmsVerifier(List.of(new KeyVerifier(key)), ModelHasher.sequential())
            .verify(
                dir.resolve("model"),
                Files.readAllBytes(dir.resolve("model.sig")),
                List.of(),
                Symlinks.REFUSED)
            .identity();
      }
      case "key" -> {
        return bundle(SigstoreVerifier.key(Files.readString(dir.resolve("key.pub"))), dir);
      }
      case "keyless" -> {
        return bundle(
            SigstoreVerifier.keyless(
                SigstoreTrustRoot.read(dir.resolve("trusted_root.json")),
                List.of(new KeylessIdentity(TestSigstore.ISSUER, TestSigstore.ALICE))),
            dir);
      }
      case "sign" -> {
        return new KeylessSigner(
                SigstoreServices.publicInstance(),
                SigstoreTrustRoot.read(dir.resolve("trusted_root.json")),
                new KeylessIdentity(TestSigstore.ISSUER, TestSigstore.ALICE),
                TokenSource.of(""),
                InstantSource.system())
            .describe();
      }
      case "connect" -> {
        return connect(URI.create(arguments.get(2)));
      }
      default -> throw new IllegalArgumentException(arguments.toString());
    }
  }

  private static String bundle(SigstoreVerifier verifier, Path dir) throws IOException {
    return verifier
        .verify(
            Files.readAllBytes(dir.resolve("bundle.json")),
            new Sha256(Files.readString(dir.resolve("digest"))))
        .signer()
        .describe();
  }

  private static String connect(URI address) throws InterruptedException {
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "no connection";
    }
  }

  /** Runs it, and returns what it printed; newer JVMs also warn of what libraries do. */
  static String in(List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.addAll(options);
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        return output
            .lines()
            .filter(line -> !line.startsWith("WARNING: "))
            .collect(Collectors.joining("\n"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
