package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.tuf.RoleName;
import java.time.Instant;
import java.util.Optional;

/**
 * Which snapshot is current.
 *
 * @param header version and expiry
 * @param snapshot the current snapshot
 * @param signedAt when it was signed, if the publisher says so
 */
record TimestampMetadata(MetadataHeader header, MetaFile snapshot, Optional<Instant> signedAt) {
  private static final String SIGNED_AT = "x-edgellm-signed-at";

  static TimestampMetadata read(SignedMetadata metadata) {
    try {
      MetadataHeader header = MetadataHeader.read(metadata, RoleName.TIMESTAMP);
      JsonFields meta = metadata.signed().object("meta");
      return new TimestampMetadata(
          header,
          MetaFile.read(header.name(), meta.object("snapshot.json")),
          signedAt(metadata.signed()));
    } catch (JsonFault e) {
      throw TufException.malformed(metadata.name(), e);
    }
  }

  // Nobody has to write this field, so that a wrong one is no reason to refuse the role.
  private static Optional<Instant> signedAt(JsonFields signed) {
    return MetadataHeader.time(signed.json().path(SIGNED_AT).asText());
  }
}
