package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.tuf.MetadataKey;
import io.edgellm.internal.tuf.RoleName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Who signs for the top-level roles.
 *
 * @param header version and expiry
 * @param consistentSnapshots whether files carry version or hash in their names
 * @param roles keys and thresholds of the four roles
 */
record RootMetadata(
    MetadataHeader header, boolean consistentSnapshots, Map<String, RoleKeys> roles) {

  /** Reads a root and checks that it is signed by its own keys. */
  static RootMetadata selfSigned(SignedMetadata metadata) {
    try {
      RootMetadata root = read(metadata);
      root.keys(RoleName.ROOT).require(metadata);
      return root;
    } catch (JsonFault e) {
      throw TufException.malformed(metadata.name(), e);
    }
  }

  private static RootMetadata read(SignedMetadata metadata) throws JsonFault {
    MetadataHeader header = MetadataHeader.read(metadata, RoleName.ROOT);
    JsonFields signed = metadata.signed();
    boolean consistent = signed.has("consistent_snapshot") && signed.bool("consistent_snapshot");
    Map<String, MetadataKey> keys = RoleKeys.readKeys(header.name(), signed);
    JsonFields all = signed.object("roles");
    Map<String, RoleKeys> roles = new HashMap<>();
    for (String role :
        List.of(RoleName.ROOT, RoleName.TIMESTAMP, RoleName.SNAPSHOT, RoleName.TARGETS)) {
      roles.put(role, RoleKeys.read(header.name(), all.object(role), keys));
    }
    return new RootMetadata(header, consistent, Map.copyOf(roles));
  }

  /** Returns who signs for one of the four top-level roles. */
  RoleKeys keys(String role) {
    return Objects.requireNonNull(roles.get(role));
  }
}
