package io.edgellm.trust.tuf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.model.Sha256;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A publisher with all keys, and the server of its files. A test changes {@link #signed} and
 * publishes; it may also replace what the server has.
 */
final class TestRepository implements TufRepository, InstantSource {
  static final Instant NOW = Instant.parse("2030-06-01T12:00:00Z");
  static final String EXPIRES = "2030-07-01T12:00:00Z";
  static final List<String> ALL = List.of("targets", "snapshot", "timestamp");

  final Map<String, byte[]> metadata = new HashMap<>();
  final Map<String, byte[]> targets = new HashMap<>();
  final List<String> requests = new ArrayList<>();
  Instant now = NOW;
  Duration step = Duration.ZERO;
  boolean listsHashes;
  boolean ranges = true;

  private final Map<String, ObjectNode> signed = new HashMap<>();
  private final Map<String, List<TestKey>> signers = new HashMap<>();

  TestRepository() {
    ObjectNode root = role("root", "root");
    root.put("consistent_snapshot", true).putObject("keys");
    root.putObject("roles");
    for (String name : List.of("root", "timestamp", "snapshot", "targets")) {
      root.withObject("roles").putObject(name).put("threshold", 1).putArray("keyids");
      addKey(name, TestKey.ed25519());
    }
    role("timestamp", "timestamp").putObject("meta");
    role("snapshot", "snapshot").putObject("meta");
    role("targets", "targets").putObject("targets");
    publish("root", "targets", "snapshot", "timestamp");
  }

  private ObjectNode role(String name, String type) {
    ObjectNode role = JsonNodeFactory.instance.objectNode();
    role.put("_type", type).put("spec_version", "1.0.34").put("version", 0).put("expires", EXPIRES);
    signed.put(name, role);
    return role;
  }

  /** Returns a client that pins version 1 of the root. */
  TufClient client(Path directory) {
    return client(directory, TufLimits.defaults());
  }

  TufClient client(Path directory, TufLimits limits) {
    return new TufClient(
        file("1.root.json"), this, TufStore.at(FaultyDisk.counting(), directory), limits, this);
  }

  ObjectNode signed(String role) {
    ObjectNode found = signed.get(role);
    if (found == null) {
      throw new AssertionError("no role " + role);
    }
    return found;
  }

  List<TestKey> signers(String role) {
    return signers.computeIfAbsent(role, r -> new ArrayList<>());
  }

  byte[] file(String fileName) {
    byte[] bytes = metadata.get(fileName);
    if (bytes == null) {
      throw new AssertionError("no file " + fileName);
    }
    return bytes;
  }

  /** Lets one more key sign for a top-level role. */
  TestKey addKey(String role, TestKey key) {
    allow(role, key);
    signers(role).add(key);
    return key;
  }

  /** Lists a key for a top-level role without signing with it. */
  void allow(String role, TestKey key) {
    signed("root").withObject("keys").set(key.id(), key.json());
    rootRole(role).withArray("keyids").add(key.id());
  }

  ObjectNode rootRole(String role) {
    return (ObjectNode) signed("root").get("roles").get(role);
  }

  /** Withdraws all keys of a top-level role in favour of a new one. */
  void rotate(String role) {
    rootRole(role).putArray("keyids");
    signers(role).clear();
    addKey(role, TestKey.ed25519());
  }

  /** Delegates patterns to a role, which is made and published if it does not exist. */
  ObjectNode delegate(String from, String to, boolean terminating, String... paths) {
    TestKey key = TestKey.ed25519();
    ObjectNode delegations = signed(from).withObject("delegations");
    delegations.withObject("keys").set(key.id(), key.json());
    ObjectNode delegation = delegations.withArray("roles").addObject();
    delegation.put("name", to).put("threshold", 1).put("terminating", terminating);
    delegation.putArray("keyids").add(key.id());
    ArrayNode patterns = delegation.putArray("paths");
    Arrays.stream(paths).forEach(patterns::add);
    ensure(to, key);
    return delegation;
  }

  /** Makes a targets role if there is none, and signs it with one more key. */
  void ensure(String name, TestKey key) {
    if (!signed.containsKey(name)) {
      role(name, "targets").putObject("targets");
    }
    signers(name).add(key);
    publish(name);
  }

  void addTarget(String role, String path, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    String hash = Sha256.of(bytes).hex();
    ObjectNode target = signed(role).withObject("targets").putObject(path);
    target.put("length", bytes.length).putObject("hashes").put("sha256", hash);
    int name = path.lastIndexOf('/') + 1;
    targets.put(path.substring(0, name) + hash + "." + path.substring(name), bytes);
    targets.put(path, bytes);
  }

  /** Publishes the next version of roles, in this order. */
  TestRepository publish(String... roles) {
    for (String role : roles) {
      signed(role).put("version", signed(role).get("version").asLong() + 1);
      publishAsIs(role);
    }
    return this;
  }

  TestRepository publishAll() {
    return publish(ALL.toArray(new String[0]));
  }

  /** Publishes a role with the version that it has. */
  void publishAsIs(String role) {
    ObjectNode content = signed(role);
    byte[] raw = sign(content, signers(role));
    long version = content.get("version").asLong();
    metadata.put(RoleName.fileName(role), raw);
    metadata.put(RoleName.fileName(role, version), raw);
    if (role.equals("snapshot")) {
      list(signed("timestamp"), "snapshot.json", version, raw);
    } else if (!role.equals("root") && !role.equals("timestamp")) {
      list(signed("snapshot"), role + ".json", version, raw);
    }
  }

  private void list(ObjectNode by, String file, long version, byte[] raw) {
    ObjectNode meta = by.withObject("meta").putObject(file).put("version", version);
    if (listsHashes) {
      meta.put("length", raw.length).putObject("hashes").put("sha256", Sha256.of(raw).hex());
    }
  }

  static byte[] sign(ObjectNode content, List<TestKey> keys) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ArrayNode signatures = document.putArray("signatures");
    byte[] message = TestKey.canonical(content);
    for (TestKey key : keys) {
      signatures.addObject().put("keyid", key.id()).put("sig", key.sign(message));
    }
    document.set("signed", content);
    return document.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public InputStream metadata(String fileName) throws NoSuchFileException {
    requests.add(fileName);
    return new ByteArrayInputStream(found(metadata, fileName));
  }

  @Override
  public Content target(String path, long fromByte) throws NoSuchFileException {
    requests.add(path + "@" + fromByte);
    byte[] bytes = found(targets, path);
    int from = ranges ? (int) Math.min(fromByte, bytes.length) : 0;
    return new Content(new ByteArrayInputStream(bytes, from, bytes.length - from), from);
  }

  private static byte[] found(Map<String, byte[]> files, String name) throws NoSuchFileException {
    byte[] bytes = files.get(name);
    if (bytes == null) {
      throw new NoSuchFileException(name);
    }
    return bytes;
  }

  @Override
  public Instant instant() {
    now = now.plus(step);
    return now;
  }
}
