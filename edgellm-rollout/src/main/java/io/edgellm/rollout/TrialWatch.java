package io.edgellm.rollout;

import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.GoldenPrompt;
import io.edgellm.llm.GoldenReport;
import io.edgellm.llm.GoldenRun;
import io.edgellm.llm.LanguageModel;
import io.edgellm.llm.LoadedModel;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.LiveTraffic.Counter;
import io.edgellm.rollout.device.Baseline;
import io.edgellm.rollout.device.Evidence;
import io.edgellm.rollout.device.Release;
import io.edgellm.rollout.device.Trial;
import io.edgellm.rollout.gate.Gate;
import io.edgellm.rollout.gate.GateResult;
import io.edgellm.rollout.gate.GateVerdict;
import io.edgellm.rollout.gate.LiveWindow;
import io.edgellm.rollout.gate.Observation;
import io.edgellm.telemetry.latency.LatencyHistogram;
import io.edgellm.trust.VerifiedModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures: the release that serves before a candidate takes over, and the candidate at every look.
 * Not thread-safe.
 */
final class TrialWatch {
  private static final Logger LOG = LoggerFactory.getLogger(TrialWatch.class);

  private final ResidentModels models;
  private final LanguageModel hostView;
  private final LiveTraffic traffic;
  private final DevicePolicy policy;
  private final Map<Sha256, Counter> counters = new HashMap<>();
  private final Map<Sha256, GoldenReport> reports = new HashMap<>();
  private Probes probes = new Probes();
  private long requestsAtLastLook;

  /** What the device asked itself, where nobody else counts. */
  private static final class Probes {
    final LatencyHistogram times = new LatencyHistogram();
    long asked;
    long failed;
  }

  TrialWatch(
      ResidentModels models, LanguageModel hostView, LiveTraffic traffic, DevicePolicy policy) {
    this.models = models;
    this.hostView = hostView;
    this.traffic = traffic;
    this.policy = policy;
  }

  /** A release is about to serve: from here on its requests count. */
  void serving(Release release) {
    counters.put(release.digest(), traffic.watch(release));
    reports.remove(release.digest());
    probes = new Probes();
    requestsAtLastLook = 0;
  }

  /** Measures the release that a candidate is to be compared with, on the candidate's prompts. */
  Baseline baseline(@Nullable Release committed, Release candidate) throws InterruptedException {
    Optional<LoadedModel> model = Optional.ofNullable(committed).flatMap(models::inMemory);
    if (committed == null || model.isEmpty()) {
      return Baseline.NONE;
    }
    // Live requests first: the golden prompts would count as some.
    LiveWindow live = window(committed);
    GoldenReport report = answersOf(model.get(), candidate);
    boolean enough = live.prefill().count() >= policy.minBaselineRequests();
    Optional<Baseline.Latency> latency =
        enough || report == null
            ? GoldenProbe.latency(live.prefill()).filter(any -> enough)
            : GoldenProbe.latency(GoldenProbe.prefills(report));
    return new Baseline(report == null ? null : GoldenProbe.quality(report), latency.orElse(null));
  }

  /** A release that no longer answers is no reason to keep it: then it has no quality. */
  private @Nullable GoldenReport answersOf(LoadedModel committed, Release candidate)
      throws InterruptedException {
    try {
      Optional<GoldenRun> golden = GoldenProbe.of(models.verified(candidate));
      return golden.isEmpty()
          ? null
          : GoldenProbe.measure(golden.get(), policy.goldenPrompts(), committed);
    } catch (RuntimeException e) {
      LOG.debug("{} cannot be measured", committed.info().title(), e);
      return null;
    }
  }

  /** Looks at a candidate, and asks it something if nobody else did. */
  Look look(Trial trial, @Nullable Release committed) throws InterruptedException {
    Release candidate = trial.release();
    VerifiedModel verified = models.verified(candidate);
    Optional<GoldenRun> golden = GoldenProbe.of(verified);
    if (window(candidate).requests() == requestsAtLastLook && golden.isPresent()) {
      probe(golden.get());
    }
    GoldenReport report = golden.isPresent() ? report(candidate, golden.get()) : null;
    LiveWindow live = window(candidate);
    requestsAtLastLook = live.requests();
    Evidence counted =
        live.evidence(trial.baseline().latency(), policy.slowFactor(), policy.slowMargin());
    Observation observation =
        new Observation(
            committed,
            trial.baseline(),
            trial.earlier().plus(counted),
            report,
            verified.manifest().quality());
    return new Look(counted, results(observation));
  }

  /**
   * What one look found.
   *
   * @param counted what was counted in this run
   * @param results what the gates said
   */
  record Look(Evidence counted, List<GateResult> results) {}

  private List<GateResult> results(Observation observation) {
    return policy.gates().stream()
        .map(gate -> new GateResult(gate.name(), verdict(gate, observation)))
        .toList();
  }

  /** A host's own gate that throws has not judged. */
  private static GateVerdict verdict(Gate gate, Observation observation) {
    try {
      return gate.judge(observation);
    } catch (RuntimeException e) {
      return new GateVerdict.Inconclusive("the gate itself failed: " + e);
    }
  }

  private GoldenReport report(Release candidate, GoldenRun golden) throws InterruptedException {
    GoldenReport known = reports.get(candidate.digest());
    if (known == null) {
      known = GoldenProbe.measure(golden, policy.goldenPrompts(), models.loaded(candidate));
      reports.put(candidate.digest(), known);
    }
    return known;
  }

  private LiveWindow window(Release release) {
    return Optional.ofNullable(counters.get(release.digest()))
        .flatMap(Counter::count)
        .orElseGet(() -> new LiveWindow(probes.asked, probes.failed, probes.times.snapshot()));
  }

  private void probe(GoldenRun golden) throws InterruptedException {
    List<GoldenPrompt> prompts = golden.prompts();
    for (int i = 0; i < policy.probesWhenIdle(); i++) {
      GoldenPrompt prompt = prompts.get((int) (probes.asked % prompts.size()));
      probes.asked++;
      try {
        GenerationResult result = hostView.generate(GenerationRequest.of(prompt.prompt()));
        GoldenProbe.recordPrefill(result, probes.times);
      } catch (RuntimeException e) {
        probes.failed++;
      }
    }
  }
}
