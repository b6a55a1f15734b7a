package io.edgellm.trust.oms;

import static io.edgellm.trust.oms.MalformedPayload.FILES;
import static io.edgellm.trust.oms.MalformedPayload.SHARDS;
import static io.edgellm.trust.oms.MalformedPayload.add;
import static io.edgellm.trust.oms.MalformedPayload.text;
import static io.edgellm.trust.oms.MalformedPayload.tree;
import static io.edgellm.trust.oms.OmsFault.Kind.MALFORMED;
import static io.edgellm.trust.oms.OmsFault.Kind.TAMPERED;
import static io.edgellm.trust.oms.OmsFault.Kind.UNEXPECTED_FILES;
import static io.edgellm.trust.oms.OmsFault.Kind.UNSUPPORTED;
import static io.edgellm.trust.oms.SignedPayloads.resource;
import static io.edgellm.trust.oms.SignedPayloads.resources;
import static io.edgellm.trust.oms.SignedPayloads.serialization;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Resources that a trusted key signed, and that are refused all the same. */
final class MalformedResourcesTest {
  private static final String EMPTY = Sha256.of(new byte[0]).hex();

  @TempDir Path temporary;
  private SignedPayloads payloads = new SignedPayloads(Path.of(""));

  @BeforeEach
  void writeModel() throws IOException {
    payloads = SignedPayloads.in(temporary);
  }

  @ParameterizedTest
  @MethodSource({"names", "digests", "serializations", "shards"})
  void isRefused(MalformedPayload row) {
    byte[] bundle = SignedPayloads.sign(row.payload().apply(payloads));
    assertThatThrownBy(() -> payloads.verify(bundle, Symlinks.REFUSED))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).as(e.sentence()).isEqualTo(row.kind()));
  }

  static List<MalformedPayload> names() {
    List<MalformedPayload> rows = new ArrayList<>();
    for (String name :
        List.of(
            "",
            "..",
            "../a.bin",
            "sub/../a.bin",
            "sub/..",
            "/a.bin",
            "//a.bin",
            "./a.bin",
            "sub/./b.bin",
            "sub//b.bin",
            "a.bin/",
            "/",
            "sub\\b.bin",
            "..\\a.bin",
            "C:\\a.bin",
            "C:/a.bin",
            "\\\\host\\a.bin",
            "a\u0000.bin",
            "a\n.bin",
            "a\u007f.bin",
            "a\u0085.bin",
            "a\ufffd.bin")) {
      rows.add(named(MALFORMED, name));
    }
    rows.add(
        text(
            "half a surrogate pair",
            MALFORMED,
            FILES,
            p -> p.replace("\"a.bin\"", "\"a\\ud800.bin\"")));
    // Names of other files: nothing wrong with them, but they are not there.
    for (String name :
        List.of(
            "A.bin",
            "a.bin ",
            "a.bin.",
            "SUB/b.bin",
            ".",
            "~/a.bin",
            "%2e%2e/a.bin",
            "e\u0301.bin",
            "\u00e9.bin",
            "\u202ea.bin",
            "a.bin:0:10")) {
      rows.add(named(UNEXPECTED_FILES, name));
    }
    rows.add(tree("a name twice", MALFORMED, FILES, s -> resource(s, 1).put("name", "a.bin")));
    rows.add(
        tree(
            "a name twice with two digests",
            MALFORMED,
            FILES,
            s -> add(resources(s), "a.bin", EMPTY)));
    rows.add(
        tree("twins by case", UNEXPECTED_FILES, FILES, s -> add(resources(s), "A.BIN", EMPTY)));
    rows.add(
        tree("twins by normal form", UNEXPECTED_FILES, FILES, MalformedResourcesTest::addTwins));
    rows.add(
        tree(
            "a file and a file below it",
            UNEXPECTED_FILES,
            FILES,
            s -> add(resources(s), "a.bin/x", EMPTY)));
    rows.add(
        tree(
            "a directory as a file",
            UNEXPECTED_FILES,
            FILES,
            s -> add(resources(s), "sub", EMPTY)));
    rows.add(tree("a file left out", UNEXPECTED_FILES, FILES, s -> resources(s).remove(0)));
    return rows;
  }

  private static MalformedPayload named(OmsFault.Kind kind, String name) {
    return tree("name '" + name + "'", kind, FILES, s -> resource(s, 0).put("name", name));
  }

  private static void addTwins(ObjectNode statement) {
    add(resources(statement), "\u00e9.bin", EMPTY);
    add(resources(statement), "e\u0301.bin", EMPTY);
  }

  static List<MalformedPayload> digests() {
    List<MalformedPayload> rows = new ArrayList<>();
    rows.add(tree("a wrong digest", TAMPERED, FILES, s -> resource(s, 0).put("digest", EMPTY)));
    rows.add(
        tree(
            "a short digest",
            MALFORMED,
            FILES,
            s -> resource(s, 0).put("digest", EMPTY.substring(2))));
    rows.add(
        tree("a long digest", MALFORMED, FILES, s -> resource(s, 0).put("digest", EMPTY + "00")));
    rows.add(tree("an empty digest", MALFORMED, FILES, s -> resource(s, 0).put("digest", "")));
    rows.add(
        tree(
            "a digest in capitals",
            MALFORMED,
            FILES,
            s ->
                resource(s, 0)
                    .put(
                        "digest",
                        resource(s, 0).path("digest").asText().toUpperCase(Locale.ROOT))));
    rows.add(
        tree(
            "a digest that is none",
            MALFORMED,
            FILES,
            s -> resource(s, 0).put("digest", "g".repeat(64))));
    rows.add(
        tree(
            "a digest in full-width digits",
            MALFORMED,
            FILES,
            s -> resource(s, 0).put("digest", "\uff10".repeat(64))));
    for (String hash : List.of("sha512", "md5", "SHA256", "", "sha256-sharded-3")) {
      rows.add(
          tree(
              "algorithm '" + hash + "'",
              MALFORMED,
              FILES,
              s -> resource(s, 1).put("algorithm", hash)));
    }
    for (String hash : List.of("sha512", "blake2b", "blake3", "SHA256", "")) {
      rows.add(
          tree(
              "hash_type '" + hash + "'",
              UNSUPPORTED,
              FILES,
              s -> serialization(s).put("hash_type", hash)));
    }
    return rows;
  }

  static List<MalformedPayload> serializations() {
    List<MalformedPayload> rows = new ArrayList<>();
    for (String field : List.of("method", "hash_type", "allow_symlinks")) {
      rows.add(tree("no " + field, MALFORMED, FILES, s -> serialization(s).remove(field)));
      rows.add(tree("number " + field, MALFORMED, FILES, s -> serialization(s).put(field, 1)));
    }
    for (String method : List.of("file", "FILES", "shards", "tree", "")) {
      rows.add(
          tree(
              "method '" + method + "'",
              MALFORMED,
              FILES,
              s -> serialization(s).put("method", method)));
    }
    rows.add(
        tree(
            "a text for true",
            MALFORMED,
            FILES,
            s -> serialization(s).put("allow_symlinks", "true")));
    rows.add(
        tree(
            "a rule that nobody knows",
            MALFORMED,
            FILES,
            s -> serialization(s).put("follow_mounts", true)));
    rows.add(
        tree(
            "a size for whole files",
            MALFORMED,
            FILES,
            s -> serialization(s).put("shard_size", 3)));
    for (String path : List.of("", "/", "/a.bin", "..", "../x", "sub/../..")) {
      rows.add(tree("ignores '" + path + "'", MALFORMED, FILES, s -> ignore(s, path)));
    }
    for (String path : List.of("a.bin", "sub", "sub/b.bin")) {
      rows.add(
          tree("ignores the signed '" + path + "'", UNEXPECTED_FILES, FILES, s -> ignore(s, path)));
    }
    rows.add(
        tree(
            "a number to ignore",
            MALFORMED,
            FILES,
            s -> serialization(s).putArray("ignore_paths").add(1)));
    rows.add(
        tree(
            "a text to ignore",
            MALFORMED,
            FILES,
            s -> serialization(s).put("ignore_paths", "sub")));
    return rows;
  }

  private static void ignore(ObjectNode statement, String path) {
    ((ArrayNode) serialization(statement).path("ignore_paths")).add(path);
  }

  static List<MalformedPayload> shards() {
    List<MalformedPayload> rows = new ArrayList<>();
    for (BigDecimal size :
        List.of(
            BigDecimal.ZERO,
            new BigDecimal("-1"),
            new BigDecimal("2.5"),
            new BigDecimal("1e400"),
            new BigDecimal("9223372036854775808"))) {
      rows.add(
          tree(
              "shards of " + size,
              MALFORMED,
              SHARDS,
              s -> serialization(s).put("shard_size", size)));
    }
    rows.add(
        tree("shards of a text", MALFORMED, SHARDS, s -> serialization(s).put("shard_size", "3")));
    rows.add(tree("no size", MALFORMED, SHARDS, s -> serialization(s).remove("shard_size")));
    for (long size : List.of(1L, 2L, 4L, 1_000_000_000L, Long.MAX_VALUE)) {
      rows.add(
          tree(
              "cut by 3, called " + size,
              TAMPERED,
              SHARDS,
              s -> serialization(s).put("shard_size", size)));
    }
    rows.add(
        tree(
            "algorithm of another size",
            MALFORMED,
            SHARDS,
            s -> resource(s, 1).put("algorithm", "sha256-sharded-4")));
    rows.add(tree("a gap", TAMPERED, SHARDS, s -> resources(s).remove(1)));
    rows.add(tree("no last shard", TAMPERED, SHARDS, s -> resources(s).remove(3)));
    rows.add(tree("no first shard", TAMPERED, SHARDS, s -> resources(s).remove(0)));
    rows.add(
        tree(
            "a shard beyond the end",
            TAMPERED,
            SHARDS,
            s -> add(resources(s), "a.bin:10:13", EMPTY)));
    rows.add(
        tree(
            "a shard far beyond the end",
            TAMPERED,
            SHARDS,
            s -> add(resources(s), "a.bin:9223372036854775804:9223372036854775807", EMPTY)));
    rows.add(tree("an overlap", TAMPERED, SHARDS, s -> resource(s, 1).put("name", "a.bin:2:6")));
    rows.add(tree("an empty shard", TAMPERED, SHARDS, s -> add(resources(s), "a.bin:3:3", EMPTY)));
    rows.add(
        tree("a shard backwards", TAMPERED, SHARDS, s -> resource(s, 1).put("name", "a.bin:6:3")));
    rows.add(
        tree("leading zeros", TAMPERED, SHARDS, s -> resource(s, 0).put("name", "a.bin:00:03")));
    rows.add(
        tree(
            "two shards exchanged",
            TAMPERED,
            SHARDS,
            s -> resource(s, 0).put("digest", resource(s, 1).path("digest").asText())));
    rows.add(
        tree("a file left out", UNEXPECTED_FILES, SHARDS, MalformedResourcesTest::removeFirstFile));
    rows.add(
        tree("a shard twice", MALFORMED, SHARDS, s -> resource(s, 1).put("name", "a.bin:0:3")));
    for (String name :
        List.of(
            "a.bin",
            "a.bin:0",
            ":0:3",
            "a.bin:x:3",
            "a.bin:-1:3",
            "a.bin:0:3 ",
            "../a.bin:0:3",
            "/a.bin:0:3",
            "a.bin:0:99999999999999999999",
            "a.bin/:0:3")) {
      rows.add(
          tree("shard '" + name + "'", MALFORMED, SHARDS, s -> resource(s, 0).put("name", name)));
    }
    rows.add(
        tree(
            "a shard of a file that is not there",
            UNEXPECTED_FILES,
            SHARDS,
            s -> resource(s, 0).put("name", "c.bin:0:3")));
    return rows;
  }

  private static void removeFirstFile(ObjectNode statement) {
    for (int i = 0; i < 4; i++) {
      resources(statement).remove(0);
    }
  }
}
