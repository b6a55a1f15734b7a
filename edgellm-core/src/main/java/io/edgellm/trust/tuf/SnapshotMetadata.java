package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.tuf.RoleName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which version of every targets role is current.
 *
 * @param header version and expiry
 * @param files by name, {@code <role>.json}
 */
record SnapshotMetadata(MetadataHeader header, Map<String, MetaFile> files) {
  static SnapshotMetadata read(SignedMetadata metadata) {
    try {
      MetadataHeader header = MetadataHeader.read(metadata, RoleName.SNAPSHOT);
      Map<String, MetaFile> files = new HashMap<>();
      for (Map.Entry<String, JsonFields> file : metadata.signed().objectMap("meta").entrySet()) {
        files.put(file.getKey(), MetaFile.read(header.name(), file.getValue()));
      }
      return new SnapshotMetadata(header, Map.copyOf(files));
    } catch (JsonFault e) {
      throw TufException.malformed(metadata.name(), e);
    }
  }

  /** Returns what is said about a targets role. */
  Optional<MetaFile> role(String role) {
    return Optional.ofNullable(files.get(role + ".json"));
  }

  /** Returns the versions by file name. */
  Map<String, Long> versions() {
    Map<String, Long> versions = new HashMap<>();
    files.forEach((name, file) -> versions.put(name, file.version()));
    return versions;
  }
}
