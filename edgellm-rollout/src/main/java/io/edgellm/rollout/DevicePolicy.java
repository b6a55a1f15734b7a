package io.edgellm.rollout;

import io.edgellm.rollout.device.TrialRules;
import io.edgellm.rollout.gate.ErrorRateGate;
import io.edgellm.rollout.gate.Gate;
import io.edgellm.rollout.gate.LatencyGate;
import io.edgellm.rollout.gate.QualityGate;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * How careful a device is with a new release. {@link #defaults()} is meant for a device that serves
 * somebody; {@code with…} methods change one thing.
 *
 * @param rules what a candidate must survive: tries, crash loop, observation
 * @param smoke what it must do before it serves anybody
 * @param gates what it is judged by while it serves; without gates whatever answers long enough is
 *     committed
 * @param goldenPrompts the most golden prompts that a quality measurement asks
 * @param probesWhenIdle golden prompts that are asked as requests at a look before which nobody
 *     asked anything; 0 for none
 * @param slowFactor a request is slow if it takes this many times the committed release's p99
 * @param slowMargin and at least this much more than it: where answers begin within a few
 *     milliseconds, a fifth more is the noise of the machine and nobody's harm
 * @param minBaselineRequests the fewest live requests that make a p99 to compare with; below, the
 *     committed release's answers to the golden prompts are the baseline
 * @param lookEvery the time between two looks
 * @param drainTimeout how long requests may go on with a model that is unloaded
 */
public record DevicePolicy(
    TrialRules rules,
    Smoke smoke,
    List<Gate> gates,
    int goldenPrompts,
    int probesWhenIdle,
    double slowFactor,
    Duration slowMargin,
    long minBaselineRequests,
    Duration lookEvery,
    Duration drainTimeout) {

  /**
   * What a candidate must do beside the release that serves.
   *
   * @param prompts the most golden prompts to ask; each must be answered to its end
   * @param maxExactMatchDrop how far the share of exactly right answers may lie below what the
   *     manifest promises; 1 asks for nothing but answers
   */
  public record Smoke(int prompts, double maxExactMatchDrop) {
    /** Refuses a test of nothing. */
    public Smoke {
      if (prompts < 1 || !(maxExactMatchDrop >= 0 && maxExactMatchDrop <= 1)) {
        throw new IllegalArgumentException(
            "A smoke test needs at least one prompt and a drop between 0 and 1.");
      }
    }

    /** Returns: 40 prompts, at most 10 points below the manifest. */
    public static Smoke strict() {
      return new Smoke(40, 0.1);
    }

    /** Returns: loads and answers; how well is for the gates to say. */
    public static Smoke liveness() {
      return new Smoke(5, 1);
    }
  }

  /** Copies the list and refuses figures without a meaning. */
  public DevicePolicy {
    gates = List.copyOf(gates);
    if (goldenPrompts < 1
        || probesWhenIdle < 0
        || !(slowFactor > 1)
        || slowMargin.isNegative()
        || minBaselineRequests < 1
        || lookEvery.isNegative()
        || lookEvery.isZero()
        || drainTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "A policy needs golden prompts, a slow factor above 1, a baseline of at least one request"
              + " and time between two looks.");
    }
  }

  /**
   * Returns: 3 tries, 4 starts within 5 minutes are a crash loop, 24 to 72 hours and 200 requests
   * of observation, a strict smoke test, all gates, a look every 10 minutes.
   */
  public static DevicePolicy defaults() {
    return new DevicePolicy(
        new TrialRules(
            3,
            new TrialRules.CrashLoop(3, Duration.ofMinutes(5)),
            Duration.ofHours(24),
            Duration.ofHours(72),
            200),
        Smoke.strict(),
        List.of(ErrorRateGate.defaults(), LatencyGate.defaults(), QualityGate.defaults()),
        100,
        5,
        1.2,
        Duration.ofMillis(50),
        100,
        Duration.ofMinutes(10),
        Duration.ofSeconds(30));
  }

  /** Returns this policy with other rules. */
  public DevicePolicy withRules(TrialRules other) {
    return with(draft -> draft.rules = other);
  }

  /** Returns this policy with another smoke test. */
  public DevicePolicy withSmoke(Smoke other) {
    return with(draft -> draft.smoke = other);
  }

  /** Returns this policy with other gates. */
  public DevicePolicy withGates(List<Gate> others) {
    return with(draft -> draft.gates = others);
  }

  /** Returns this policy with one more gate. */
  public DevicePolicy withGate(Gate another) {
    return withGates(Stream.concat(gates.stream(), Stream.of(another)).toList());
  }

  /** Returns this policy without the gate of a name. */
  public DevicePolicy withoutGate(String name) {
    return withGates(gates.stream().filter(gate -> !gate.name().equals(name)).toList());
  }

  /** Returns this policy with another bound of golden prompts. */
  public DevicePolicy withGoldenPrompts(int most) {
    return with(draft -> draft.goldenPrompts = most);
  }

  /** Returns this policy with another number of probes. */
  public DevicePolicy withProbesWhenIdle(int probes) {
    return with(draft -> draft.probesWhenIdle = probes);
  }

  /** Returns this policy with other figures of what is slow. */
  public DevicePolicy withLatencyBaseline(double factor, Duration margin, long minRequests) {
    return with(
        draft -> {
          draft.slowFactor = factor;
          draft.slowMargin = margin;
          draft.minBaselineRequests = minRequests;
        });
  }

  /** Returns this policy with another time between two looks. */
  public DevicePolicy withLookEvery(Duration every) {
    return with(draft -> draft.lookEvery = every);
  }

  /** Returns this policy with another time to finish for requests to a model that is unloaded. */
  public DevicePolicy withDrainTimeout(Duration timeout) {
    return with(draft -> draft.drainTimeout = timeout);
  }

  private DevicePolicy with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.policy();
  }

  /** A policy that is being changed: components are set by name, and listed in one place. */
  private static final class Draft {
    TrialRules rules;
    Smoke smoke;
    List<Gate> gates;
    int goldenPrompts;
    int probesWhenIdle;
    double slowFactor;
    Duration slowMargin;
    long minBaselineRequests;
    Duration lookEvery;
    Duration drainTimeout;

    Draft(DevicePolicy from) {
      this.rules = from.rules;
      this.smoke = from.smoke;
      this.gates = from.gates;
      this.goldenPrompts = from.goldenPrompts;
      this.probesWhenIdle = from.probesWhenIdle;
      this.slowFactor = from.slowFactor;
      this.slowMargin = from.slowMargin;
      this.minBaselineRequests = from.minBaselineRequests;
      this.lookEvery = from.lookEvery;
      this.drainTimeout = from.drainTimeout;
    }

    DevicePolicy policy() {
      return new DevicePolicy(
          rules,
          smoke,
          gates,
          goldenPrompts,
          probesWhenIdle,
          slowFactor,
          slowMargin,
          minBaselineRequests,
          lookEvery,
          drainTimeout);
    }
  }
}
