package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What timestamp or snapshot say about another metadata file.
 *
 * @param version its version, at least 1
 * @param lengthBytes its length, if it is given
 * @param digests its hashes, if they are given
 */
record MetaFile(long version, OptionalLong lengthBytes, Optional<Digests> digests) {
  static MetaFile read(String name, JsonFields file) throws JsonFault {
    long version = file.integer("version");
    if (version < 1) {
      throw TufException.malformed(name, file.at("version") + " is not positive");
    }
    OptionalLong length =
        file.has("length") ? OptionalLong.of(file.integer("length")) : OptionalLong.empty();
    if (length.isPresent() && length.getAsLong() < 0) {
      throw TufException.malformed(name, file.at("length") + " is negative");
    }
    return new MetaFile(
        version,
        length,
        file.has("hashes") ? Optional.of(Digests.read(name, file)) : Optional.empty());
  }

  /** Returns how many bytes to fetch at most. */
  int boundBytes(int limitBytes) {
    return (int) Math.min(limitBytes, lengthBytes.orElse(limitBytes));
  }

  /**
   * @throws TufException with {@code MISMATCH} if it is another file
   */
  void requireBytes(String role, byte[] raw) {
    if ((lengthBytes.isPresent() && lengthBytes.getAsLong() != raw.length)
        || (digests.isPresent() && !digests.get().match(raw))) {
      throw new TufException(
          TufException.Reason.MISMATCH,
          "The metadata of '"
              + role
              + "' has another length or hash than signed: try again; if this stays, ask the"
              + " publisher.",
          role);
    }
  }

  /**
   * @throws TufException with {@code MISMATCH} if it is another version
   */
  void requireVersion(MetadataHeader header) {
    if (header.version() != version) {
      throw new TufException(
          TufException.Reason.MISMATCH,
          "The metadata of '"
              + header.name()
              + "' has version "
              + header.version()
              + " instead of "
              + version
              + ": try again; if this stays, ask the publisher.",
          header.name());
    }
  }
}
