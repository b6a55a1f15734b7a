package io.edgellm.internal.yaml;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Where things stand, and what is no document here. */
class LocatedYamlTest {
  private static String at(YamlPlace place) {
    return place.line() + ":" + place.column();
  }

  private static YamlFault fault(ThrowingCallable call) {
    YamlFault fault = catchThrowableOfType(YamlFault.class, call);
    assertThat(fault).isNotNull();
    return fault;
  }

  private static void assertFault(String document, String place, String words) {
    YamlFault fault = fault(() -> LocatedYaml.read(document));
    assertThat(fault).hasMessageStartingWith(place + ": ").hasMessageContaining(words);
    assertThat(at(fault.place())).isEqualTo(place);
  }

  @Test
  void placesValuesInBlockStyle() throws YamlFault {
    YamlFields root =
        LocatedYaml.read(
            """
            # a comment
            name: x   # another one

            list:
              - first
              -   second
            maps:
              - a: 1
                b:
                  c: "deep"
            """);
    assertThat(at(root.place())).isEqualTo("2:1");
    assertThat(at(root.place("name"))).isEqualTo("2:7");
    assertThat(at(root.place("list"))).isEqualTo("5:3");
    assertThat(at(root.place("list", 1))).isEqualTo("6:7");
    YamlFields item = root.maps("maps").get(0);
    assertThat(at(item.place())).isEqualTo("8:5");
    assertThat(at(item.place("a"))).isEqualTo("8:8");
    YamlFields inner = item.map("b");
    assertThat(at(inner.place("c"))).isEqualTo("10:10");
    assertThat(inner.place("c").path()).isEqualTo("maps[0].b.c");
  }

  @Test
  void placesValuesInFlowStyle() throws YamlFault {
    YamlFields root = LocatedYaml.read("a: {b: [1, 'two', {c: d}],\n    e: f}\n");
    YamlFields a = root.map("a");
    assertThat(at(a.place())).isEqualTo("1:4");
    assertThat(at(a.place("b"))).isEqualTo("1:8");
    assertThat(at(a.place("b", 1))).isEqualTo("1:12");
    assertThat(a.place("b", 2)).isEqualTo(new YamlPlace(1, 19, "a.b[2]"));
    assertThat(at(a.place("e"))).isEqualTo("2:8");
  }

  @Test
  void goesOnCountingAfterTextsOfSeveralLines() throws YamlFault {
    YamlFields root =
        LocatedYaml.read(
            """
            literal: |
              one
              two
            folded: >-
              one
              two
            quoted: "one
              two"
            plain: one
              two
            last: x
            """);
    assertThat(root.text("literal")).isEqualTo("one\ntwo\n");
    assertThat(root.text("folded")).isEqualTo("one two");
    assertThat(root.text("quoted")).isEqualTo("one two");
    assertThat(root.text("plain")).isEqualTo("one two");
    assertThat(at(root.place("literal"))).isEqualTo("1:10");
    assertThat(at(root.place("quoted"))).isEqualTo("7:9");
    assertThat(at(root.place("plain"))).isEqualTo("9:8");
    assertThat(at(root.place("last"))).isEqualTo("11:7");
  }

  @Test
  void countsLinesThatEndAsOnWindows() throws YamlFault {
    YamlFields root = LocatedYaml.read("a: 1\r\n\r\nb:\r\n  c: 'x\r\n    y'\r\nd: e\r\n");
    assertThat(at(root.map("b").place("c"))).isEqualTo("4:6");
    assertThat(at(root.place("d"))).isEqualTo("6:4");
    assertThat(root.map("b").text("c")).isEqualTo("x y");
  }

  @Test
  void countsTabsAsOneColumn() throws YamlFault {
    YamlFields root = LocatedYaml.read("a: 'x\ty' #\tcomment\nb: c\n");
    assertThat(root.text("a")).isEqualTo("x\ty");
    assertThat(at(root.place("b"))).isEqualTo("2:4");
    assertFault("a:\n\tb: c\n", "2:1", "a tab");
    assertFault("a: 1\nb:\tc\n", "2:3", "a tab");
  }

  @Test
  void doesNotCountAByteOrderMark() throws YamlFault {
    YamlFields root = LocatedYaml.read("\uFEFFa: b\nc: d\n".getBytes(UTF_8));
    assertThat(at(root.place("a"))).isEqualTo("1:4");
    assertThat(at(root.place("c"))).isEqualTo("2:4");
    assertFault("\uFEFFa: \u0000", "1:4", "U+0000");
    assertFault("a: b\n\uFEFF", "2:1", "U+FEFF");
  }

  @Test
  void countsCharactersAndNotBytes() throws YamlFault {
    YamlFields root = LocatedYaml.read("\u00e4\u20ac: [\"\uD83D\uDE00\", z]\n".getBytes(UTF_8));
    assertThat(at(root.place("\u00e4\u20ac", 0))).isEqualTo("1:6");
    assertThat(at(root.place("\u00e4\u20ac", 1))).isEqualTo("1:11");
  }

  @Test
  void acceptsTheSignsOfOneDocument() throws YamlFault {
    assertThat(LocatedYaml.read("---\na: b\n...\n").text("a")).isEqualTo("b");
    assertThat(LocatedYaml.read("%YAML 1.1\n---\na: b\n").text("a")).isEqualTo("b");
  }

  @Test
  void refusesASecondDocument() {
    assertFault("a: b\n---\nc: d\n", "2:1", "second document");
  }

  @Test
  void refusesADocumentWithoutAMap() {
    assertFault("", "1:1", "empty");
    assertFault("# nothing\n", "1:1", "empty");
    assertFault("hello", "1:1", "a map");
    assertFault("- a\n- b\n", "1:1", "a map");
  }

  @Test
  void refusesWhatPointsElsewhere() {
    assertFault("a: &x b\n", "1:4", "anchor");
    assertFault("a: &x {b: c}\n", "1:4", "anchor");
    assertFault("a: b\nc: *a\n", "2:4", "alias");
    assertFault("&x a: b\n", "1:1", "anchor");
    assertFault("a: {b: c}\n<<: {d: e}\n", "2:1", "merges");
    assertFault("*a : b\n", "1:1", "alias");
  }

  @Test
  void saysThatAStarNeedsQuotes() {
    assertFault("a: [*]\n", "1:6", "write for instance \"*\"");
    assertFault("a:\n  - *\n", "2:6", "write for instance \"*\"");
    assertFault("a: [*-edge]\n", "1:5", "or quote it");
  }

  @Test
  void refusesTags() {
    assertFault("a: !!str 1\n", "1:4", "tag");
    assertFault("a: !mine [1]\n", "1:4", "tag");
    assertFault("!!str a: 1\n", "1:1", "tag");
    assertFault("a: ! x\n", "1:4", "tag");
    assertFault("%TAG ! tag:x,2000:\n---\na: b\n", "1:1", "tags");
  }

  @Test
  void refusesAFieldTwice() {
    assertFault("a: 1\nb: 2\n'a': 3\n", "3:1", "line 1");
    assertFault("x: {a: 1, \"\\x61\": 2}\n", "1:11", "'x.a' is there already");
  }

  @Test
  void refusesEmptyValues() {
    assertFault("a:\nb: 1\n", "1:3", "'a' has no value");
    assertFault("a: ~\n", "1:4", "no value");
    assertFault("a: null\n", "1:4", "no value");
    assertFault("a: [x, null]\n", "1:8", "'a[1]' has no value");
  }

  @Test
  void refusesNamesThatAreNone() {
    assertFault("? [a, b]\n: c\n", "1:3", "as the name");
    assertFault("{a: b}: c\n", "1:1", "as the name");
    assertFault("'': c\n", "1:1", "no name");
    assertFault("x".repeat(129) + ": c\n", "1:1", "no name");
  }

  @Test
  void refusesDepthBeyondReason() throws YamlFault {
    assertThat(LocatedYaml.read("a: " + "[".repeat(31) + "]".repeat(31)).has("a")).isTrue();
    assertFault("a: " + "[".repeat(32) + "]".repeat(32), "1:35", "deeper");
    assertFault("a: " + "{x: ".repeat(20_000), "1:128", "deeper");
  }

  @Test
  void refusesWhatIsTooLarge() {
    assertFault("# " + "x".repeat(1 << 20), "1:1", "larger than 1 MiB");
    assertThat(fault(() -> LocatedYaml.read(new byte[(1 << 20) + 1])))
        .hasMessageContaining("larger than 1 MiB");
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    byte[] bytes = "a: b\nc: \u00e4x\n".getBytes(UTF_8);
    bytes[9] = 'x';
    assertThat(fault(() -> LocatedYaml.read(bytes)))
        .hasMessageStartingWith("2:4: ")
        .hasMessageContaining("UTF-8");
    byte[] cut = {'a', ':', ' ', (byte) 0xE2, (byte) 0x82};
    assertThat(fault(() -> LocatedYaml.read(cut))).hasMessageStartingWith("1:4: ");
  }

  @Test
  void refusesWhatNobodySees() {
    assertFault("a: x\u202Ey\n", "1:5", "U+202E");
    assertFault("a: x\u200By\n", "1:5", "U+200B");
    assertFault("a: x\u2028y\n", "1:5", "U+2028");
    assertFault("a: b\r\nc: \u0007\n", "2:4", "U+0007");
    assertFault("a: \uD800\n", "1:4", "U+D800");
  }

  @Test
  void pointsAtSyntaxErrorsWithoutShowingTheDocument() {
    String document = "secret: [a, b\nc: 'd\n";
    YamlFault fault = fault(() -> LocatedYaml.read(document));
    assertThat(fault.kind()).isEqualTo(YamlFault.Kind.SYNTAX);
    assertThat(fault).hasMessageStartingWith("2:2: ").hasMessageNotContaining("secret");
    assertFault("a: b: c\n", "1:5", "no YAML");
    assertFault("a: [1, 2\nb: c\n", "2:2", "no YAML");
    assertFault("a: 'x\n", "2:1", "no YAML");
    assertFault("a: @x\n", "1:4", "no YAML");
  }
}
