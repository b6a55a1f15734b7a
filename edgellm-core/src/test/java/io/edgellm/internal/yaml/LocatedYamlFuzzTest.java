package io.edgellm.internal.yaml;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes in, a document or a {@link YamlFault} comes out. */
class LocatedYamlFuzzTest {
  private static final long SEED = 20_270_703;
  private static final String DOCUMENT =
      """
      schema: edgellm.trust-policy/v2   # comment
      updates:
        root: "tuf/r\\u00f6\\x20ot.json"
        offline-grace: 72h
      signers:
        - name: release-team
          models: [assistant, 'edge-*']
          text: |+
            one

            two
        - {name: ci, folded: {a: b}}
      last: >-
        one
        two
      """;
  private static final List<String> PIECES =
      List.of(
          "\n",
          " ",
          "  ",
          "\t",
          "\r",
          ": ",
          "- ",
          "? ",
          "#",
          "'",
          "\"",
          "\\",
          "\\U",
          "\\u12",
          "\\x",
          "{",
          "}",
          "[",
          "]",
          ",",
          "&a ",
          "*a",
          "<<: ",
          "!",
          "!!",
          "!<",
          "%YAML ",
          "%TAG ",
          "---",
          "...",
          "|",
          ">",
          "|9",
          "|+-",
          "@",
          "`",
          "~",
          "\uFEFF",
          "\u0085",
          "\uD83D\uDE00",
          "\uD83D",
          "\u0000",
          "a",
          "0",
          "\\UFFFFFFFF",
          "\"\\UFFFFFFFF\"",
          "%\n---\n",
          "!%zz ");

  @Test
  void survivesEditsOfADocument() {
    for (int i = 0; i < 3_000; i++) {
      Random random = new Random(SEED + i);
      StringBuilder text = new StringBuilder(DOCUMENT);
      for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(5));
        text.replace(from, to, piece(random));
      }
      read(text.toString(), "seed " + (SEED + i));
    }
  }

  @Test
  void survivesPiecesInAnyOrder() {
    for (int i = 0; i < 3_000; i++) {
      Random random = new Random(-SEED - i);
      StringBuilder text = new StringBuilder();
      for (int pieces = random.nextInt(30); pieces > 0; pieces--) {
        text.append(piece(random));
      }
      read(text.toString(), "seed " + (-SEED - i));
    }
  }

  @Test
  void survivesDamagedBytes() {
    byte[] genuine = DOCUMENT.getBytes(UTF_8);
    for (int i = 0; i < 1_000; i++) {
      Random random = new Random(SEED * 3 + i);
      byte[] damaged = Arrays.copyOf(genuine, random.nextInt(genuine.length) + 1);
      for (int flips = random.nextInt(6); flips >= 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      String what = "seed " + (SEED * 3 + i);
      try {
        assertThat(LocatedYaml.read(damaged)).isNotNull();
      } catch (YamlFault e) {
        requirePlace(e, what);
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
  }

  private static String piece(Random random) {
    return PIECES.get(random.nextInt(PIECES.size()));
  }

  private static void read(String text, String what) {
    try {
      assertThat(LocatedYaml.read(text)).isNotNull();
    } catch (YamlFault e) {
      requirePlace(e, what);
    } catch (RuntimeException e) {
      throw new AssertionError(what + ": " + text, e);
    }
  }

  private static void requirePlace(YamlFault fault, String what) {
    assertThat(fault.place().line()).as(what).isPositive();
    assertThat(fault.place().column()).as(what).isPositive();
    assertThat(fault.getMessage()).as(what).matches("(?s)\\d+:\\d+: .*[.?]");
  }
}
