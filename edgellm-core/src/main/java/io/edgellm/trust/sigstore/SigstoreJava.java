package io.edgellm.trust.sigstore;

import dev.sigstore.VerificationOptions;
import dev.sigstore.bundle.Bundle;
import dev.sigstore.rekor.client.RekorEntry;
import dev.sigstore.rekor.client.RekorVerifier;
import dev.sigstore.timestamp.client.ImmutableTimestampResponse;
import dev.sigstore.timestamp.client.TimestampResponse;
import dev.sigstore.timestamp.client.TimestampVerifier;
import dev.sigstore.trustroot.SigstoreTrustedRoot;
import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.Octets;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;

/** {@link SigstoreLibrary} on sigstore-java 2.0.0. Never asks it for anything from the network. */
final class SigstoreJava implements SigstoreLibrary {
  private final dev.sigstore.KeylessVerifier keyless;
  private final RekorVerifier logs;
  private final TimestampVerifier timestamps;

  private SigstoreJava(
      dev.sigstore.KeylessVerifier keyless, RekorVerifier logs, TimestampVerifier timestamps) {
    this.keyless = keyless;
    this.logs = logs;
    this.timestamps = timestamps;
  }

  static SigstoreLibrary open(SigstoreTrustRoot root) {
    return guarded(
        SigstoreException.Reason.BAD_TRUST_ROOT,
        "The trusted root of Sigstore is unusable",
        () -> {
          SigstoreTrustedRoot parsed =
              SigstoreTrustedRoot.from(new ByteArrayInputStream(root.toJson()));
          return new SigstoreJava(
              dev.sigstore.KeylessVerifier.builder().trustedRootProvider(() -> parsed).build(),
              RekorVerifier.newRekorVerifier(parsed),
              TimestampVerifier.newTimestampVerifier(parsed));
        });
  }

  @Override
  public void verifyKeyless(SignedBundle bundle, Sha256 artifact, List<KeylessIdentity> trusted) {
    guarded(
        SigstoreException.Reason.BAD_SIGNATURE,
        "The keyless signature does not verify",
        () -> {
          Bundle parsed = Bundle.from(new StringReader(bundle.toJson()));
          keyless.verify(artifact.bytes(), parsed, onlyBy(trusted));
          return parsed;
        });
  }

  // Without a matcher the library accepts every account in the world.
  private static VerificationOptions onlyBy(List<KeylessIdentity> trusted) {
    var options = VerificationOptions.builder();
    for (KeylessIdentity identity : trusted) {
      options.addCertificateMatchers(
          VerificationOptions.CertificateMatcher.fulcio()
              .issuer(identity.issuer()::equals)
              .subjectAlternativeName(identity::matchesSubject)
              .build());
    }
    return options.build();
  }

  @Override
  public void verifyLogEntry(LogEntry entry) {
    guarded(
        SigstoreException.Reason.BAD_SIGNATURE,
        "The entry of the transparency log does not verify",
        () -> {
          RekorEntry parsed = RekorEntry.fromTLogEntryJson(entry.toJson());
          logs.verifyEntry(parsed);
          return parsed;
        });
  }

  @Override
  @SuppressWarnings("JavaUtilDate") // What the library speaks.
  public Instant verifyTimestamp(Octets timestamp, Octets signature) {
    return guarded(
        SigstoreException.Reason.BAD_TIME,
        "A time stamp does not verify",
        () -> {
          TimestampResponse response =
              ImmutableTimestampResponse.builder().encoded(timestamp.toBytes()).build();
          timestamps.verify(response, signature.toBytes());
          return response.getGenTime().toInstant();
        });
  }

  // The library answers hostile input with unchecked exceptions of every kind, and with recursion.
  private static <T> T guarded(SigstoreException.Reason reason, String what, Callable<T> call) {
    try {
      return call.call();
    } catch (LinkageError e) {
      throw SigstoreLibrary.missing(e);
    } catch (Exception | StackOverflowError | AssertionError e) {
      throw new SigstoreException(reason, what + ": " + e.getMessage() + ".", null, e);
    }
  }
}
