package io.edgellm.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a policy file says, a policy or a {@link TrustException} with a place comes out. */
class TrustPolicyFileFuzzTest {
  private static final long SEED = 20_270_704;
  private static final String POLICY =
      """
      schema: edgellm.trust-policy/v2
      updates:
        root: tuf/root.json
        offline-grace: 72h
      sigstore-root: trusted_root.json
      signers:
        - name: release-team
          models: [assistant, edge-*]
          key: release-key.pub
        - name: factory
          models: [assistant]
          certificate: {authorities: ca.pem, identity: "uri:https://acme.example/ci"}
        - name: ci
          models: ["*"]
          keyless: {issuer: https://issuer.example, subject: "https://acme.example/*"}
      attestations:
        - models: ["*"]
          predicate: https://slsa.dev/provenance/v1
          signers: [ci]
      files:
        allow: [script]
      """;
  private static final List<String> PIECES =
      List.of(
          "none",
          "{}",
          "[]",
          "[[]]",
          "''",
          "null",
          "\"\\0\"",
          "a: b",
          "- ",
          "*",
          "ca.pem",
          "tuf",
          "release-key.pem",
          "\\",
          "../../../..",
          "P999999999999D",
          "any",
          "subject:",
          "dns:",
          "uri:*",
          ":",
          "#",
          "'",
          "\n",
          "  ",
          "keyless: ",
          "models: ",
          "file:///",
          "~",
          "-1",
          "\uD83D\uDE00");

  private final PolicyDirectory directory;

  TrustPolicyFileFuzzTest(@TempDir Path path) throws IOException {
    directory = new PolicyDirectory(path);
  }

  @Test
  void survivesEdits() {
    for (int i = 0; i < 600; i++) {
      Random random = new Random(SEED + i);
      StringBuilder text = new StringBuilder(POLICY);
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        int from = random.nextInt(text.length());
        int to = Math.min(text.length(), from + random.nextInt(12));
        text.replace(from, to, PIECES.get(random.nextInt(PIECES.size())));
      }
      read(text.toString(), "seed " + (SEED + i));
    }
  }

  @Test
  void survivesOtherValues() {
    for (int i = 0; i < 400; i++) {
      Random random = new Random(-SEED - i);
      List<String> lines = new ArrayList<>(POLICY.lines().toList());
      int at = random.nextInt(lines.size());
      String name = lines.get(at).replaceFirst(":.*", ": ");
      lines.set(at, name + PIECES.get(random.nextInt(PIECES.size())));
      read(String.join("\n", lines), "seed " + (-SEED - i));
    }
  }

  @Test
  void survivesLinesInAnotherOrder() {
    for (int i = 0; i < 200; i++) {
      Random random = new Random(SEED * 7 + i);
      List<String> lines = new ArrayList<>(POLICY.lines().toList());
      int from = random.nextInt(lines.size());
      int to = Math.min(lines.size(), from + 2 + random.nextInt(5));
      Collections.shuffle(lines.subList(from, to), random);
      lines.remove(random.nextInt(lines.size()));
      read(String.join("\n", lines), "seed " + (SEED * 7 + i));
    }
  }

  private void read(String yaml, String what) {
    try {
      assertThat(TrustPolicy.fromYaml(yaml, directory.path).signers()).as(what).isNotEmpty();
    } catch (TrustException e) {
      assertThat(e.getMessage()).as(what).matches("(?s)policy:\\d+:\\d+: .*[.?]");
    } catch (RuntimeException e) {
      throw new AssertionError(what + ":\n" + yaml, e);
    }
  }
}
