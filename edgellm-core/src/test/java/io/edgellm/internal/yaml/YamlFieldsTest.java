package io.edgellm.internal.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class YamlFieldsTest {
  private interface Reading {
    void of(YamlFields fields) throws YamlFault;
  }

  private static void assertFault(String document, Reading reading, String message) {
    YamlFault fault =
        catchThrowableOfType(YamlFault.class, () -> reading.of(LocatedYaml.read(document)));
    assertThat(fault).hasMessage(message);
    assertThat(fault.kind()).isEqualTo(YamlFault.Kind.CONTENT);
  }

  @Test
  void readsTextsAsTheyAreWritten() throws YamlFault {
    YamlFields f = LocatedYaml.read("a: no\nb: 1.10\nc: 010\nd: '~'\ne: \"\"\nf: 2026-01-01\n");
    assertThat(List.of(f.text("a"), f.text("b"), f.text("c"), f.text("d"), f.text("f")))
        .containsExactly("no", "1.10", "010", "~", "2026-01-01");
    assertThat(f.text("e")).isEmpty();
    assertThat(f.textOrNull("g")).isNull();
  }

  @Test
  void readsNumbersThatMeanOneThingOnly() throws YamlFault {
    YamlFields f = LocatedYaml.read("a: 42\nb: -7\nc: 0\n");
    assertThat(List.of(f.integer("a"), f.integer("b"), f.integer("c")))
        .containsExactly(42L, -7L, 0L);
    for (String other : List.of("010", "0x10", "1_000", "'42'", "4.2", "1e3", "9".repeat(19))) {
      assertFault(
          "a: " + other,
          x -> x.integer("a"),
          "1:4: 'a' must be a whole number such as 42, without quotes.");
    }
  }

  @Test
  void readsTruthOnlyAsTrueAndFalse() throws YamlFault {
    YamlFields f = LocatedYaml.read("a: true\nb: false\n");
    assertThat(f.bool("a")).isTrue();
    assertThat(f.bool("b")).isFalse();
    for (String other : List.of("yes", "on", "True", "'true'", "1", "[true]")) {
      assertFault(
          "a: " + other, x -> x.bool("a"), "1:4: 'a' must be true or false, without quotes.");
    }
  }

  @Test
  void readsDurations() throws YamlFault {
    YamlFields f = LocatedYaml.read("a: 72h\nb: P3D\nc: 15m\nd: 30s\ne: 14d\nf: PT1H30M\ng: 0s\n");
    assertThat(f.duration("a")).isEqualTo(f.duration("b")).isEqualTo(Duration.ofDays(3));
    assertThat(f.duration("c")).isEqualTo(Duration.ofMinutes(15));
    assertThat(f.duration("d")).isEqualTo(Duration.ofSeconds(30));
    assertThat(f.duration("e")).isEqualTo(Duration.ofDays(14));
    assertThat(f.duration("f")).isEqualTo(Duration.ofMinutes(90));
    assertThat(f.duration("g", Duration.ofDays(1))).isZero();
    assertThat(f.duration("h", Duration.ofDays(1))).isEqualTo(Duration.ofDays(1));
    for (String other : List.of("72", "3 d", "-3h", "-P3D", "P-3D", "1w", "9999999999s", "{}")) {
      assertFault(
          "a: " + other,
          x -> x.duration("a"),
          "1:4: 'a' must be a duration: write for instance 30s, 15m, 72h, 14d or P3D.");
    }
  }

  @Test
  void readsLists() throws YamlFault {
    YamlFields f = LocatedYaml.read("a: [x, 'y']\nb:\n  - c: 1\n  - c: 2\n");
    assertThat(f.texts("a")).containsExactly("x", "y");
    assertThat(f.texts("none")).isEmpty();
    assertThat(f.maps("b").get(1).integer("c")).isEqualTo(2);
    assertThat(f.maps("none")).isEmpty();
    assertFault("a: [x, [y]]", x -> x.texts("a"), "1:8: 'a[1]' must be a single value.");
    assertFault(
        "a: x",
        x -> x.texts("a"),
        "1:4: 'a' must be a list: write '[a, b]', or one item per line after '- '.");
    assertFault(
        "a:\n- x: 1\n- y\n",
        x -> x.maps("a"),
        "3:3: 'a[1]' must be a map: write fields such as 'name: value'.");
  }

  @Test
  void tellsTextsFromMaps() throws YamlFault {
    YamlFields f = LocatedYaml.read("a: none\nb: {c: d}\n");
    assertThat(f.isText("a")).isTrue();
    assertThat(f.isText("b")).isFalse();
    assertThat(f.isText("c")).isFalse();
    assertThat(f.mapOrNull("c")).isNull();
    assertFault("a:\n  b: c\n", x -> x.text("a"), "2:3: 'a' must be a single value.");
  }

  @Test
  void saysWhereSomethingIsMissing() {
    assertFault("x: 1\n", f -> f.text("name"), "1:1: 'name' is missing: add it.");
    assertFault(
        "list:\n  - a: 1\n  - b: 2\n",
        f -> f.maps("list").get(1).text("name"),
        "3:5: 'list[1].name' is missing: add it.");
  }

  @Test
  void guessesWhatWasMeant() {
    assertFault(
        "name: a\noffline_grce: 1h\n",
        f -> {
          f.text("name");
          f.has("offline-grace");
          f.end();
        },
        "2:1: 'offline_grce' is not a known field: did you mean 'offline-grace'?");
    assertFault(
        "singers: []\n",
        f -> f.text("signers"),
        "1:1: 'singers' is not a known field: did you mean 'signers'?");
  }

  @Test
  void namesWhatIsKnownIfNothingIsNear() {
    assertFault(
        "a:\n  name: x\n  colour: red\n",
        f -> {
          YamlFields a = f.map("a");
          a.text("name");
          a.has("key");
          a.end();
        },
        "3:3: 'a.colour' is not a known field: known here are key, name.");
  }

  @Test
  void letsAReaderFindFaultWithAValue() throws YamlFault {
    YamlFields f = LocatedYaml.read("models: [a, B]\n");
    assertThat(f.place("models", 1).fault("'B' is no model line."))
        .hasMessage("1:13: 'B' is no model line.");
    assertThat(f.place("models", 2)).isEqualTo(f.place("models"));
    assertThat(f.place("none")).isEqualTo(f.place());
  }
}
