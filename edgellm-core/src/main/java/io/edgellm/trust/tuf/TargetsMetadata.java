package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.tuf.RoleName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Targets of one role, and to whom it delegates others.
 *
 * @param header version and expiry
 * @param targets by path
 * @param delegations in the order in which they are searched
 */
record TargetsMetadata(MetadataHeader header, Map<String, Entry> targets, Delegations delegations) {

  /** Length and hashes of one target. */
  record Entry(long lengthBytes, Digests digests) {}

  static TargetsMetadata read(SignedMetadata metadata) {
    try {
      MetadataHeader header = MetadataHeader.read(metadata, RoleName.TARGETS);
      JsonFields signed = metadata.signed();
      Map<String, Entry> targets = new HashMap<>();
      for (Map.Entry<String, JsonFields> target : signed.objectMap("targets").entrySet()) {
        targets.put(target.getKey(), entry(header.name(), target.getValue()));
      }
      Delegations delegations =
          signed.has("delegations")
              ? Delegations.read(header.name(), signed.object("delegations"))
              : Delegations.none();
      return new TargetsMetadata(header, Map.copyOf(targets), delegations);
    } catch (JsonFault e) {
      throw TufException.malformed(metadata.name(), e);
    }
  }

  private static Entry entry(String name, JsonFields target) throws JsonFault {
    long length = target.integer("length");
    if (length < 0) {
      throw TufException.malformed(name, target.at("length") + " is negative");
    }
    return new Entry(length, Digests.read(name, target));
  }

  Optional<Entry> target(String path) {
    return Optional.ofNullable(targets.get(path));
  }
}
