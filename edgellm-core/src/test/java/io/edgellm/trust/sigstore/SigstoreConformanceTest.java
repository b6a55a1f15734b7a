package io.edgellm.trust.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bundles of the public conformance suite of Sigstore, read in place. */
final class SigstoreConformanceTest {
  private static final String IDENTITY =
      "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/"
          + ".github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
  private static final String ISSUER = "https://token.actions.githubusercontent.com";

  private Path suite;

  @BeforeEach
  void findSuite() {
    String dir = System.getProperty("edgellm.conformance.dir", "");
    suite = Path.of(dir, "sigstore");
    assumeTrue(
        !dir.isEmpty() && Files.isDirectory(suite),
        "pass -Dedgellm.conformance.dir=<directory that holds sigstore/> to run the public suite");
  }

  @Test
  void acceptsNoBundleThatMustBeRefusedAndRefusesOnlyTheKnownOnes() throws IOException {
    List<String> refused = new ArrayList<>();
    List<String> accepted = new ArrayList<>();
    for (Path directory : cases()) {
      try {
        verify(directory);
        accepted.add(directory.getFileName().toString());
      } catch (SigstoreException e) {
        refused.add(directory.getFileName().toString());
      }
    }
    List<String> wrong =
        Stream.concat(
                accepted.stream().filter(name -> name.endsWith("_fail")),
                refused.stream().filter(name -> !name.endsWith("_fail")))
            .toList();
    write(accepted.size() + refused.size(), wrong);

    assertThat(accepted).as("must be refused").noneMatch(name -> name.endsWith("_fail"));
    assertThat(accepted.size() + refused.size()).as("cases").isEqualTo(70);
    assertThat(wrong)
        .as("genuine and refused; docs/decisions/012-guarded-sigstore.md says why")
        .containsExactly("intoto-with-custom-trust-root", "rekor2-dsse-happy-path");
  }

  private List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(suite.resolve("bundle-verify"))) {
      return files.filter(Files::isDirectory).sorted().toList();
    }
  }

  private void verify(Path directory) throws IOException {
    Path artifact = directory.resolve("artifact");
    verifier(directory)
        .verify(
            Files.readAllBytes(directory.resolve("bundle.sigstore.json")),
            Sha256.of(Files.exists(artifact) ? artifact : suite.resolve("bundle-verify/a.txt")));
  }

  private SigstoreVerifier verifier(Path directory) throws IOException {
    Path own = directory.resolve("trusted_root.json");
    SigstoreTrustRoot root =
        SigstoreTrustRoot.read(Files.exists(own) ? own : suite.resolve("prod_trusted_root.json"));
    Path key = directory.resolve("key.pub");
    return Files.exists(key)
        ? SigstoreVerifier.loggedKey(Files.readString(key), root)
        : SigstoreVerifier.keyless(
            root,
            List.of(
                new KeylessIdentity(
                    text(directory.resolve("issuer"), ISSUER),
                    text(directory.resolve("identity"), IDENTITY))));
  }

  private static String text(Path file, String otherwise) throws IOException {
    return Files.exists(file) ? Files.readString(file).strip() : otherwise;
  }

  private static void write(int total, List<String> failed) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode out = json.createObjectNode();
    out.put("suite", "sigstore").put("total", total).put("passed", total - failed.size());
    failed.forEach(out.putArray("failed")::add);
    Path directory = Files.createDirectories(Path.of("target", "conformance"));
    Files.write(directory.resolve("sigstore.json"), json.writeValueAsBytes(out));
  }
}
