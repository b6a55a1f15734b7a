package io.edgellm.telemetry.prometheus;

import io.edgellm.telemetry.Consent;
import io.edgellm.telemetry.ConsentLevel;
import io.edgellm.telemetry.ModelLabels;
import io.edgellm.telemetry.Outcome;
import io.edgellm.telemetry.RequestRecorder;
import io.edgellm.telemetry.Telemetry;
import io.edgellm.telemetry.host.HostSample;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;

/** Telemetry that has measured something. */
final class Measured {
  static final ModelLabels LABELS = new ModelLabels("assistant", "1.3.0+int8", "canary");
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private Measured() {}

  static Telemetry.Builder builder(Consent consent) {
    return Telemetry.builder()
        .consent(consent)
        .clock(InstantSource.fixed(NOON))
        .hostSampler(
            () ->
                new HostSample(
                    OptionalDouble.of(0.25),
                    OptionalDouble.empty(),
                    OptionalLong.of(1 << 20),
                    OptionalLong.of(42)));
  }

  static Consent granted() {
    return Consent.heldByHost(ConsentLevel.METRICS, NOON);
  }

  /** One request of three tokens, one refused, one under way, one load and one failure to load. */
  static Telemetry little() {
    Telemetry telemetry = builder(granted()).deviceType("pi5").build();
    RequestRecorder request = telemetry.request(LABELS);
    request.started(1_000_000, 0, 7);
    request.token(62_500_000);
    request.token(64_500_000);
    request.token(66_500_000);
    request.ended(67_000_000, Outcome.COMPLETED);
    telemetry.request(LABELS).ended(0, Outcome.REFUSED);
    telemetry.request(LABELS);
    telemetry.modelLoaded(LABELS, Duration.ofSeconds(3));
    telemetry.modelLoadFailed(LABELS);
    return telemetry;
  }

  /** Requests whose times to the first token are log-normal around 200 ms, from a seed. */
  static Telemetry much(long seed, int requests) {
    Telemetry telemetry = builder(granted()).build();
    Random random = new Random(seed);
    for (int i = 0; i < requests; i++) {
      RequestRecorder request = telemetry.request(LABELS);
      request.started(0, 0, 1);
      long first = (long) (2e8 * Math.exp(random.nextGaussian()));
      request.token(first);
      request.ended(first, Outcome.COMPLETED);
    }
    return telemetry;
  }
}
