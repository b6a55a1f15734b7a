package io.edgellm.benchmarks;

import io.edgellm.model.Sha256;
import io.edgellm.trust.tuf.TufRepository;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * A TUF repository of metadata alone, with many targets in the top-level role and one Ed25519 key
 * for all roles. The texts are written in their canonical form, over which they are signed.
 */
final class MemoryTufRepository implements TufRepository {
  private static final String COMMON =
      "\"expires\":\"2100-01-01T00:00:00Z\",%s\"spec_version\":\"1.0.34\",%s\"version\":1}";

  private final Map<String, byte[]> files = new HashMap<>();
  private final KeyPair key;
  private final String keyId;

  private MemoryTufRepository(KeyPair key) {
    this.key = key;
    this.keyId = Sha256.of(keyJson().getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** Publishes as many targets. */
  static MemoryTufRepository withTargets(int count) throws GeneralSecurityException {
    MemoryTufRepository made =
        new MemoryTufRepository(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    made.publish("1.root.json", made.root());
    made.publish("1.targets.json", targets(count));
    made.publish("1.snapshot.json", listing("snapshot", "targets.json"));
    made.publish("timestamp.json", listing("timestamp", "snapshot.json"));
    return made;
  }

  /** Returns the name of a target. */
  static String target(int number) {
    return String.format("models/line/1.%04d.0/release.json", number);
  }

  byte[] pinnedRoot() {
    return files.getOrDefault("1.root.json", new byte[0]);
  }

  private String keyJson() {
    byte[] der = key.getPublic().getEncoded();
    String raw = HexFormat.of().formatHex(Arrays.copyOfRange(der, der.length - 32, der.length));
    return "{\"keytype\":\"ed25519\",\"keyval\":{\"public\":\""
        + raw
        + "\"},\"scheme\":\"ed25519\"}";
  }

  private String root() {
    String keys = "\"keys\":{\"" + keyId + "\":" + keyJson() + "},";
    String role = "{\"keyids\":[\"" + keyId + "\"],\"threshold\":1}";
    String roles =
        String.format(
            "\"roles\":{\"root\":%1$s,\"snapshot\":%1$s,\"targets\":%1$s,\"timestamp\":%1$s},",
            role);
    return "{\"_type\":\"root\",\"consistent_snapshot\":true,"
        + String.format(COMMON, keys + roles, "");
  }

  private static String listing(String role, String file) {
    String meta = "\"meta\":{\"" + file + "\":{\"version\":1}},";
    return "{\"_type\":\"" + role + "\"," + String.format(COMMON, meta, "");
  }

  private static String targets(int count) {
    StringBuilder all = new StringBuilder("\"targets\":{");
    for (int i = 0; i < count; i++) {
      String hash = Sha256.of(target(i).getBytes(StandardCharsets.UTF_8)).hex();
      all.append(i == 0 ? "\"" : ",\"").append(target(i));
      all.append("\":{\"hashes\":{\"sha256\":\"").append(hash).append("\"},\"length\":4096}");
    }
    return "{\"_type\":\"targets\"," + String.format(COMMON, "", all + "},");
  }

  private void publish(String file, String signed) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.UTF_8));
    String hex = HexFormat.of().formatHex(signature.sign());
    String signatures = "[{\"keyid\":\"" + keyId + "\",\"sig\":\"" + hex + "\"}]";
    String document = "{\"signatures\":" + signatures + ",\"signed\":" + signed + "}";
    files.put(file, document.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public InputStream metadata(String fileName) throws NoSuchFileException {
    byte[] bytes = files.get(fileName);
    if (bytes == null) {
      throw new NoSuchFileException(fileName);
    }
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public Content target(String path, long fromByte) throws NoSuchFileException {
    throw new NoSuchFileException(path, null, "there are no targets here");
  }
}
