package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What all metadata has in common.
 *
 * @param name of the role
 * @param version at least 1
 * @param expires from when on it is not valid any more
 */
record MetadataHeader(String name, long version, Instant expires) {
  private static final Pattern TIME = Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z");

  /** Reads it and checks that the metadata is of the right type and a known format. */
  static MetadataHeader read(SignedMetadata metadata, String type) throws JsonFault {
    JsonFields signed = metadata.signed();
    String name = metadata.name();
    if (!signed.text("_type").equals(type)) {
      throw TufException.malformed(name, "its type is not '" + type + "'");
    }
    if (!signed.text("spec_version").startsWith("1.")) {
      throw TufException.malformed(name, "it is not written for version 1 of the specification");
    }
    long version = signed.integer("version");
    if (version < 1) {
      throw TufException.malformed(name, "its version is not positive");
    }
    return new MetadataHeader(name, version, time(name, signed.text("expires")));
  }

  private static Instant time(String name, String text) {
    return time(text)
        .orElseThrow(
            () ->
                TufException.malformed(
                    name, "'expires' is not a UTC time such as 2030-01-01T00:00:00Z"));
  }

  /** Returns a time as metadata writes it, to the second and in UTC. */
  static Optional<Instant> time(String text) {
    try {
      return TIME.matcher(text).matches() ? Optional.of(Instant.parse(text)) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
