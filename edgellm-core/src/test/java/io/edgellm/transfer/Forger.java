package io.edgellm.transfer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.internal.tuf.CanonicalForm;
import io.edgellm.model.Sha256;
import io.edgellm.release.tuf.TufSigner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Somebody with a copy of a repository and some of its keys. He writes what he likes, and signs it
 * with what he has.
 */
final class Forger {
  private static final List<String> ONLINE = List.of("snapshot", "timestamp");

  private final Path copy;
  private final Map<String, ObjectNode> changed = new LinkedHashMap<>();
  private final Map<String, TufSigner> aliases = new LinkedHashMap<>();

  Forger(Path repository, Path copy) {
    this.copy = copy;
    try {
      ThreatScene.copy(repository, copy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns where his repository is. */
  Path repository() {
    return copy;
  }

  /** Changes the next version of a role. */
  Forger edit(String role, Consumer<ObjectNode> change) {
    change.accept(changed.computeIfAbsent(role, this::next));
    return this;
  }

  private ObjectNode next(String role) {
    ObjectNode signed = (ObjectNode) read(newest(role)).get("signed");
    return signed.put("version", signed.get("version").asLong() + 1);
  }

  /** Adds a file that a role lists. */
  Forger list(String role, String path, byte[] content) {
    String hash = Sha256.of(content).hex();
    int name = path.lastIndexOf('/') + 1;
    write("targets/" + path.substring(0, name) + hash + "." + path.substring(name), content);
    return edit(
        role,
        signed ->
            signed
                .withObject("targets")
                .putObject(path)
                .put("length", content.length)
                .putObject("hashes")
                .put("sha256", hash));
  }

  /** Signs under one more key id from now on. */
  Forger signAs(String keyId, TufSigner key) {
    aliases.put(keyId, key);
    return this;
  }

  /** Signs everything that has changed, and what must list it, with each of some keys. */
  Path publish(TufSigner... keys) {
    List<String> roles = changed.keySet().stream().filter(role -> !ONLINE.contains(role)).toList();
    roles.forEach(role -> listed("snapshot", role, sign(role, keys)));
    listed("timestamp", "snapshot", sign("snapshot", keys));
    sign("timestamp", keys);
    changed.clear();
    return copy;
  }

  private byte[] sign(String role, TufSigner... keys) {
    ObjectNode signed = changed.computeIfAbsent(role, this::next);
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ArrayNode signatures = document.putArray("signatures");
    Map<String, TufSigner> names = new LinkedHashMap<>(aliases);
    List.of(keys).forEach(key -> names.put(key.key().id(), key));
    names.forEach(
        (id, key) ->
            signatures
                .addObject()
                .put("keyid", id)
                .put("sig", HexFormat.of().formatHex(key.sign(canonical(signed)))));
    document.set("signed", signed);
    byte[] file = document.toString().getBytes(StandardCharsets.UTF_8);
    String version = role.equals("timestamp") ? "" : signed.get("version").asLong() + ".";
    write("metadata/" + version + role + ".json", file);
    return file;
  }

  private void listed(String by, String role, byte[] file) {
    if (role.equals("root")) {
      return;
    }
    long version = changed.computeIfAbsent(role, this::next).get("version").asLong();
    edit(
        by,
        signed ->
            signed
                .withObject("meta")
                .putObject(role + ".json")
                .put("version", version)
                .put("length", file.length)
                .putObject("hashes")
                .put("sha256", Sha256.of(file).hex()));
  }

  private Path newest(String role) {
    Path metadata = copy.resolve("metadata");
    if (role.equals("timestamp")) {
      return metadata.resolve("timestamp.json");
    }
    String ending = "." + role + ".json";
    try (Stream<Path> files = Files.list(metadata)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(ending))
          .max(Comparator.comparingLong(file -> read(file).get("signed").get("version").asLong()))
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ObjectNode read(Path file) {
    try {
      return (ObjectNode) StrictJson.parse(Files.readAllBytes(file));
    } catch (IOException | JsonFault e) {
      throw new AssertionError(e);
    }
  }

  static byte[] canonical(ObjectNode node) {
    try {
      return CanonicalForm.of(node);
    } catch (JsonFault e) {
      throw new AssertionError(e);
    }
  }

  private void write(String path, byte[] bytes) {
    try {
      Path file = copy.resolve(path);
      Files.createDirectories(file.resolveSibling(""));
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
