package io.edgellm.trust.sigstore;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * When a key or a certificate counts; both ends belong to it.
 *
 * @param end null if it is still in use
 */
record ValidityPeriod(Instant start, @Nullable Instant end) {

  /** Reads a period whose start must be there: without one, a key would count since ever. */
  static ValidityPeriod parse(JsonFields f) throws JsonFault {
    String end = f.textOrNull("end");
    try {
      return new ValidityPeriod(instant(f.text("start")), end == null ? null : instant(end));
    } catch (DateTimeException e) {
      throw new SigstoreException(
          SigstoreException.Reason.BAD_TRUST_ROOT,
          "The trusted root has a time that is none at " + f.at("start") + ": fetch it again.",
          f.at("start"),
          e);
    }
  }

  private static Instant instant(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }

  boolean contains(Instant time) {
    return !time.isBefore(start) && (end == null || !time.isAfter(end));
  }
}
