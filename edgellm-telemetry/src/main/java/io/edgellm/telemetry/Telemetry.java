package io.edgellm.telemetry;

import io.edgellm.telemetry.host.HostSample;
import io.edgellm.telemetry.host.HostSampler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one device has measured: requests, tokens and latencies for each label set, and the state of
 * the host.
 *
 * <p>Everything is cumulative and in memory: at most sixteen label sets with about 61 KB each, then
 * {@link ModelLabels#OTHER}. There is no thread, no file and no port behind it; who wants
 * Prometheus to read it opens an endpoint in {@code io.edgellm.telemetry.prometheus}.
 *
 * <p>Nothing is recorded unless the {@link Consent} is at least {@link ConsentLevel#METRICS}: until
 * then {@link #request} returns a recorder that does nothing, and when consent ends, everything
 * that was recorded is let go. Recording never throws and never waits for a reader longer than a
 * copy of the counters takes.
 *
 * <p>Thread-safe. An instance belongs to whoever built it; there is no global one.
 */
public final class Telemetry {
  private final Consent consent;
  private final InstantSource clock;
  private final HostSampler hostSampler;
  private final @Nullable String deviceType;
  private volatile @Nullable MetricSets metrics;

  private Telemetry(Builder builder) {
    this.consent = builder.consent;
    this.clock = builder.clock;
    this.hostSampler =
        builder.hostSampler == null ? HostSampler.forThisHost() : builder.hostSampler;
    this.deviceType = builder.deviceType;
  }

  /** Returns a builder whose consent is {@link Consent#none()}. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns telemetry that records nothing, for code that must be given one. */
  public static Telemetry noop() {
    return builder().hostSampler(HostSample::unknown).build();
  }

  private void follow(ConsentLevel level) {
    boolean recording = metrics != null;
    boolean allowed = level.allows(ConsentLevel.METRICS);
    if (recording != allowed) {
      metrics = allowed ? new MetricSets() : null;
    }
  }

  /** Returns the consent that is asked before anything is recorded. */
  public Consent consent() {
    return consent;
  }

  /** Returns the kind of device that this is, if the host said it. */
  public Optional<String> deviceType() {
    return Optional.ofNullable(deviceType);
  }

  /**
   * Begins a request: it counts as under way until its recorder hears that it ended.
   *
   * @param labels what it is recorded under
   */
  public RequestRecorder request(ModelLabels labels) {
    MetricSets recording = metrics;
    return recording == null
        ? SilentRequest.INSTANCE
        : new LiveRequest(recording.of(labels, now()));
  }

  /** Records that a model was loaded, and how long that took. */
  public void modelLoaded(ModelLabels labels, Duration duration) {
    MetricSets recording = metrics;
    if (recording != null) {
      recording.of(labels, now()).modelLoaded(duration.toNanos());
    }
  }

  /** Records that a model could not be loaded. */
  public void modelLoadFailed(ModelLabels labels) {
    MetricSets recording = metrics;
    if (recording != null) {
      recording.of(labels, now()).modelLoadFailed();
    }
  }

  /**
   * Returns what was recorded since consent was given, for each label set, in the order of their
   * first use; empty without consent.
   */
  public Map<ModelLabels, CohortStats> cohorts() {
    MetricSets recording = metrics;
    return recording == null ? Map.of() : recording.stats(labels -> true, now());
  }

  /**
   * Returns what was recorded under a label set since consent was given; empty if nothing was, or
   * if the set shares {@link ModelLabels#OTHER}.
   */
  public Optional<CohortStats> cohort(ModelLabels labels) {
    MetricSets recording = metrics;
    return recording == null
        ? Optional.empty()
        : Optional.ofNullable(recording.stats(labels::equals, now()).get(labels));
  }

  /**
   * Opens a window on a cohort, to see later what it did from now on. For one version, whatever the
   * stage: {@code window(labels -> labels.isOf(model, version))}.
   *
   * @param cohort which label sets belong to it; also those that come up later
   * @return empty without consent
   */
  public Optional<CohortWindow> window(Predicate<ModelLabels> cohort) {
    MetricSets recording = metrics;
    return recording == null
        ? Optional.empty()
        : Optional.of(new CohortWindow(this, recording, cohort, now()));
  }

  /** Returns what the host is busy with now; a sample without any value without consent. */
  public HostSample hostSample() {
    return metrics == null ? HostSample.unknown() : hostSampler.sample();
  }

  boolean isRecordingInto(MetricSets sets) {
    return metrics == sets;
  }

  Instant now() {
    return clock.instant();
  }

  /** Builds {@link Telemetry}; not thread-safe. */
  public static final class Builder {
    private Consent consent = Consent.none();
    private InstantSource clock = InstantSource.system();
    private @Nullable HostSampler hostSampler;
    private @Nullable String deviceType;

    private Builder() {}

    /** Sets the consent to obey. */
    public Builder consent(Consent consent) {
      this.consent = Objects.requireNonNull(consent);
      return this;
    }

    /** Sets the clock that periods are dated by; latencies come with the events. */
    public Builder clock(InstantSource clock) {
      this.clock = Objects.requireNonNull(clock);
      return this;
    }

    /** Sets what measures the host; otherwise {@link HostSampler#forThisHost} does. */
    public Builder hostSampler(HostSampler sampler) {
      this.hostSampler = Objects.requireNonNull(sampler);
      return this;
    }

    /** Sets the kind of device, a label on everything: a product name, never a single device's. */
    public Builder deviceType(String deviceType) {
      this.deviceType = Objects.requireNonNull(deviceType);
      return this;
    }

    /** Returns telemetry that obeys the consent from now on. */
    public Telemetry build() {
      Telemetry telemetry = new Telemetry(this);
      telemetry.consent.follow(telemetry::follow);
      return telemetry;
    }
  }
}
