package io.edgellm.trust.sigstore;

import io.edgellm.trust.oms.Octets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle shows for having been logged: one entry of a log, and any number of time stamps.
 */
record LogProof(LogEntry entry, List<Octets> timestamps, Octets signature) {

  static LogProof of(SignedBundle bundle) {
    if (bundle.logEntries().size() != 1) {
      throw new SigstoreException(
          SigstoreException.Reason.BAD_SIGNATURE,
          "The bundle has no entry of a transparency log: sign again, with a log.",
          "verificationMaterial.tlogEntries");
    }
    return new LogProof(
        bundle.logEntries().get(0), bundle.timestamps(), bundle.content().signature());
  }

  /**
   * Returns the latest of the times that are signed by the log, whose entry was verified, or by a
   * time stamp authority. Certificate and log must count at each of them. Time stamps prove nothing
   * to a root without an authority for them, and are left out.
   */
  Optional<Instant> latestTrustedTime(
      SigstoreTrustRoot root, SigstoreLibrary library, @Nullable ValidityPeriod certificate) {
    List<Instant> times = new ArrayList<>(entry.promisedTimes());
    for (Octets timestamp : root.stampsTime() ? timestamps : List.<Octets>of()) {
      times.add(library.verifyTimestamp(timestamp, signature));
    }
    for (Instant time : times) {
      if (certificate != null && !certificate.contains(time)) {
        throw badTime("The certificate of the signer was not valid at " + time + ": sign again.");
      }
      if (!root.trustsLog(entry.keyId(), time)) {
        throw badTime("The trusted root knows no such log for " + time + ": check the root.");
      }
    }
    return times.stream().max(Comparator.naturalOrder());
  }

  private static SigstoreException badTime(String message) {
    return new SigstoreException(SigstoreException.Reason.BAD_TIME, message, null);
  }
}
