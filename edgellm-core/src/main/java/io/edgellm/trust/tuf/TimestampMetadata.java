package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.tuf.RoleName;

/**
 * Which snapshot is current.
 *
 * @param header version and expiry
 * @param snapshot the current snapshot
 */
record TimestampMetadata(MetadataHeader header, MetaFile snapshot) {
  static TimestampMetadata read(SignedMetadata metadata) {
    try {
      MetadataHeader header = MetadataHeader.read(metadata, RoleName.TIMESTAMP);
      JsonFields meta = metadata.signed().object("meta");
      return new TimestampMetadata(
          header, MetaFile.read(header.name(), meta.object("snapshot.json")));
    } catch (JsonFault e) {
      throw TufException.malformed(metadata.name(), e);
    }
  }
}
