package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.tuf.MetadataKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who signs for a role, and how many of them must.
 *
 * @param keys the usable keys by their ids
 * @param threshold at least 1
 */
record RoleKeys(Map<String, MetadataKey> keys, long threshold) {
  /** Reads all keys of a document, without those that cannot count. */
  static Map<String, MetadataKey> readKeys(String name, JsonFields document) throws JsonFault {
    Map<String, MetadataKey> usable = new HashMap<>();
    for (Map.Entry<String, JsonFields> key : document.objectMap("keys").entrySet()) {
      MetadataKey.read(key.getKey(), key.getValue()).ifPresent(k -> usable.put(key.getKey(), k));
    }
    return usable;
  }

  /** Reads which of these keys a role has; an id that is not among them cannot sign. */
  static RoleKeys read(String name, JsonFields role, Map<String, MetadataKey> all)
      throws JsonFault {
    List<String> ids = role.texts("keyids");
    if (new HashSet<>(ids).size() != ids.size()) {
      throw TufException.malformed(name, role.at("keyids") + " names a key twice");
    }
    long threshold = role.integer("threshold");
    if (threshold < 1) {
      throw TufException.malformed(name, role.at("threshold") + " is not positive");
    }
    Map<String, MetadataKey> keys = new HashMap<>(all);
    keys.keySet().retainAll(ids);
    return new RoleKeys(Map.copyOf(keys), threshold);
  }

  /**
   * Checks that enough different keys signed. Two ids of the same key count once.
   *
   * @throws TufException with {@code BAD_SIGNATURE}
   */
  void require(SignedMetadata metadata) {
    Set<String> signers = new HashSet<>();
    keys.forEach(
        (id, key) -> {
          Optional<byte[]> signature = metadata.signature(id).flatMap(RoleKeys::bytes);
          if (signature.isPresent()
              && !signers.contains(key.material())
              && key.verifier().verifies(metadata.signedBytes(), signature.get())) {
            signers.add(key.material());
          }
        });
    if (signers.size() < threshold) {
      throw new TufException(
          TufException.Reason.BAD_SIGNATURE,
          "The metadata of '"
              + metadata.name()
              + "' is signed by "
              + signers.size()
              + " of the keys that may sign it, and "
              + threshold
              + " must: try again; if this stays, ask the publisher.",
          metadata.name());
    }
  }

  private static Optional<byte[]> bytes(String hex) {
    try {
      return Optional.of(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns the different keys. */
  Set<String> materials() {
    Set<String> materials = new TreeSet<>();
    keys.values().forEach(k -> materials.add(k.material()));
    return materials;
  }

  /** Returns whether who could sign earlier may not be able to now. */
  boolean excludes(long earlierThreshold, Set<String> earlierMaterials) {
    return threshold > earlierThreshold || !materials().containsAll(earlierMaterials);
  }
}
