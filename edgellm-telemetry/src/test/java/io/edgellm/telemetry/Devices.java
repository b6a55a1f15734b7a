package io.edgellm.telemetry;

import io.edgellm.telemetry.host.HostSample;
import java.time.Instant;
import java.time.InstantSource;

/** Telemetry with consent, for tests: its wall clock stands still until a test moves it. */
final class Devices {
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final ModelLabels STABLE = new ModelLabels("assistant", "1.2.0", "stable");
  static final ModelLabels CANARY = new ModelLabels("assistant", "1.3.0", "canary");

  private Devices() {}

  static Consent granted() {
    return Consent.heldByHost(ConsentLevel.METRICS, NOON);
  }

  static Telemetry with(Consent consent) {
    return with(consent, InstantSource.fixed(NOON));
  }

  static Telemetry with(Consent consent, InstantSource clock) {
    return Telemetry.builder()
        .consent(consent)
        .clock(clock)
        .hostSampler(HostSample::unknown)
        .build();
  }

  /** Records a completed request: 1 ms queued, 10 ms to the first token, 2 ms per token after. */
  static void complete(Telemetry telemetry, ModelLabels labels, int tokens) {
    RequestRecorder request = telemetry.request(labels);
    request.started(1_000_000, 0, 7);
    long now = 10_000_000;
    for (int token = 0; token < tokens; token++) {
      request.token(now);
      now += 2_000_000;
    }
    request.ended(now, Outcome.COMPLETED);
  }

  static void end(Telemetry telemetry, ModelLabels labels, Outcome outcome) {
    telemetry.request(labels).ended(0, outcome);
  }
}
