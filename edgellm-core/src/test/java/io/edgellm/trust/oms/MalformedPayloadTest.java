package io.edgellm.trust.oms;

import static io.edgellm.trust.oms.MalformedPayload.FILES;
import static io.edgellm.trust.oms.MalformedPayload.add;
import static io.edgellm.trust.oms.MalformedPayload.text;
import static io.edgellm.trust.oms.MalformedPayload.tree;
import static io.edgellm.trust.oms.OmsFault.Kind.MALFORMED;
import static io.edgellm.trust.oms.OmsFault.Kind.UNEXPECTED_FILES;
import static io.edgellm.trust.oms.SignedPayloads.resource;
import static io.edgellm.trust.oms.SignedPayloads.resources;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A trusted signature makes nothing right: every payload here verifies, and is refused. */
final class MalformedPayloadTest {
  private static final String EMPTY = Sha256.of(new byte[0]).hex();

  @TempDir Path temporary;
  private SignedPayloads payloads = new SignedPayloads(Path.of(""));

  @BeforeEach
  void writeModel() throws IOException {
    payloads = SignedPayloads.in(temporary);
  }

  @ParameterizedTest
  @MethodSource({"documents", "duplicates", "statements"})
  void isRefused(MalformedPayload row) {
    byte[] bundle = SignedPayloads.sign(row.payload().apply(payloads));
    assertThatThrownBy(() -> payloads.verify(bundle, Symlinks.REFUSED))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).as(e.sentence()).isEqualTo(row.kind()));
  }

  static List<MalformedPayload> documents() {
    return List.of(
        new MalformedPayload("nothing", MALFORMED, p -> new byte[0]),
        text("no object", MALFORMED, FILES, p -> "[" + p + "]"),
        text("null", MALFORMED, FILES, p -> "null"),
        text("byte order mark", MALFORMED, FILES, p -> "\ufeff" + p),
        new MalformedPayload(
            "UTF-16", MALFORMED, p -> p.text(FILES).getBytes(StandardCharsets.UTF_16)),
        new MalformedPayload(
            "UTF-16 without mark",
            MALFORMED,
            p -> p.text(FILES).getBytes(StandardCharsets.UTF_16LE)),
        new MalformedPayload("overlong UTF-8", MALFORMED, MalformedPayloadTest::overlong),
        text("a second document", MALFORMED, FILES, p -> p + "{}"),
        text("a trailing NUL", MALFORMED, FILES, p -> p + "\u0000"),
        text("a comment", MALFORMED, FILES, p -> p + "//"),
        text("single quotes", MALFORMED, FILES, p -> p.replace('"', '\'')),
        text("cut", MALFORMED, FILES, p -> p.substring(0, p.length() - 1)),
        text("a trailing comma", MALFORMED, FILES, p -> p.replaceFirst("}$", ",}")),
        text("deep nesting", MALFORMED, FILES, p -> deep(p, "[".repeat(5000) + "]".repeat(5000))),
        text(
            "deep objects",
            MALFORMED,
            FILES,
            p -> deep(p, "{\"a\":".repeat(99) + "1" + "}".repeat(99))),
        text("a long number", MALFORMED, FILES, p -> deep(p, "9".repeat(100_000))),
        text(
            "a name of 5,000 characters",
            MALFORMED,
            FILES,
            p -> p.replaceFirst("\\{", "{\"" + "x".repeat(5000) + "\":1,")),
        text("more than 8 MiB", MALFORMED, FILES, p -> deep(p, "\"" + "x".repeat(9 << 20) + "\"")),
        tree("100,000 resources", MALFORMED, FILES, s -> addResources(s, 100_000)),
        tree("20,000 resources", UNEXPECTED_FILES, FILES, s -> addResources(s, 20_000)));
  }

  private static String deep(String payload, String value) {
    return payload.replaceFirst("\\{", "{\"more\":" + value + ",");
  }

  private static byte[] overlong(SignedPayloads payloads) {
    byte[] bytes =
        payloads.text(FILES).replace("a.bin", "\u0080.bin").getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i + 1 < bytes.length; i++) {
      if (bytes[i] == (byte) 0xc2 && bytes[i + 1] == (byte) 0x80) {
        bytes[i] = (byte) 0xc1;
        bytes[i + 1] = (byte) 0xa1;
      }
    }
    return bytes;
  }

  private static void addResources(ObjectNode statement, int count) {
    for (int i = 0; i < count; i++) {
      add(resources(statement), "f" + i, EMPTY);
    }
  }

  static List<MalformedPayload> duplicates() {
    List<MalformedPayload> rows = new ArrayList<>();
    for (String key :
        List.of(
            "_type",
            "predicateType",
            "subject",
            "predicate",
            "sha256",
            "resources",
            "serialization",
            "method",
            "hash_type",
            "allow_symlinks",
            "ignore_paths",
            "algorithm")) {
      rows.add(text("key " + key + " twice", MALFORMED, FILES, p -> twice(p, key)));
    }
    rows.add(text("key name twice", MALFORMED, FILES, p -> twice(p, "name")));
    rows.add(text("key digest twice", MALFORMED, FILES, p -> twice(p, "digest")));
    rows.add(
        text(
            "an escaped key twice",
            MALFORMED,
            FILES,
            p -> p.replace("\"method\":", "\"m\\u0065thod\":\"files\",\"method\":")));
    rows.add(text("an unknown key twice", MALFORMED, FILES, p -> deep(deep(p, "1"), "2")));
    return rows;
  }

  private static String twice(String payload, String key) {
    return payload.replaceFirst("\"" + key + "\":", "\"" + key + "\":null,\"" + key + "\":");
  }

  static List<MalformedPayload> statements() {
    List<MalformedPayload> rows = new ArrayList<>();
    rows.add(
        tree(
            "another _type",
            MALFORMED,
            FILES,
            s -> s.put("_type", "https://in-toto.io/Statement/v0.1")));
    rows.add(
        tree(
            "the predicate of v0.2.0",
            MALFORMED,
            FILES,
            s -> s.put("predicateType", "https://model_signing/Digests/v0.1")));
    rows.add(
        tree(
            "a later predicate",
            MALFORMED,
            FILES,
            s -> s.put("predicateType", "https://model_signing/signature/v1.1")));
    for (String field : List.of("_type", "predicateType", "subject", "predicate")) {
      rows.add(tree("no " + field, MALFORMED, FILES, s -> s.remove(field)));
      rows.add(tree("null " + field, MALFORMED, FILES, s -> s.putNull(field)));
      rows.add(tree("number " + field, MALFORMED, FILES, s -> s.put(field, 1)));
    }
    rows.add(tree("no subject in the list", MALFORMED, FILES, s -> s.putArray("subject")));
    rows.add(
        tree(
            "two subjects",
            MALFORMED,
            FILES,
            s -> ((ArrayNode) s.path("subject")).add(s.path("subject").path(0).deepCopy())));
    rows.add(
        tree(
            "a subject that is no list",
            MALFORMED,
            FILES,
            s -> s.set("subject", s.path("subject").path(0).deepCopy())));
    rows.add(tree("a subject without name", MALFORMED, FILES, s -> subject(s).remove("name")));
    rows.add(
        tree("a subject with an empty name", MALFORMED, FILES, s -> subject(s).put("name", "")));
    rows.add(tree("a subject without digest", MALFORMED, FILES, s -> subject(s).remove("digest")));
    rows.add(
        text(
            "a subject with another hash",
            MALFORMED,
            FILES,
            p -> p.replace("{\"sha256\":", "{\"sha512\":")));
    rows.add(
        text(
            "the digest of another subject",
            MALFORMED,
            FILES,
            p -> p.replaceFirst("(\"digest\":\\{\"sha256\":\")[0-9a-f]{64}", "$1" + EMPTY)));
    rows.add(text("digests in another order", MALFORMED, FILES, MalformedPayloadTest::swapDigests));
    for (String field : List.of("serialization", "resources")) {
      rows.add(
          tree(
              "no " + field,
              MALFORMED,
              FILES,
              s -> ((ObjectNode) s.path("predicate")).remove(field)));
      rows.add(
          tree(
              "text " + field,
              MALFORMED,
              FILES,
              s -> ((ObjectNode) s.path("predicate")).put(field, "x")));
    }
    rows.add(tree("no resource", MALFORMED, FILES, s -> resources(s).removeAll()));
    rows.add(tree("a resource that is a text", MALFORMED, FILES, s -> resources(s).add("a.bin")));
    for (String field : List.of("name", "algorithm", "digest")) {
      rows.add(
          tree("a resource without " + field, MALFORMED, FILES, s -> resource(s, 0).remove(field)));
      rows.add(
          tree(
              "a resource with a number as " + field,
              MALFORMED,
              FILES,
              s -> resource(s, 0).put(field, 7)));
    }
    return rows;
  }

  private static ObjectNode subject(ObjectNode statement) {
    return (ObjectNode) statement.path("subject").path(0);
  }

  private static String swapDigests(String payload) {
    String a = Sha256.of("0123456789".getBytes(StandardCharsets.UTF_8)).hex();
    String b = Sha256.of("abcdefgh".getBytes(StandardCharsets.UTF_8)).hex();
    return payload.replace(a, "?").replace(b, a).replace("?", b);
  }
}
