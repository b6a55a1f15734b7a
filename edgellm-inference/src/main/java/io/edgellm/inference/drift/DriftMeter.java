package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.drift.DriftReport.Divergence;
import io.edgellm.inference.drift.DriftReport.ProbeOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Compares a candidate with a reference, token by token and answer by answer.
 *
 * <p>The statistics are those of llama.cpp's {@code --kl-divergence}; perplexity counts all tokens
 * but the first of each passage, each passage from an empty cache. Both models run one passage at a
 * time and their logits are compared row by row: the heap holds two rows and two numbers per token.
 *
 * <p>Runs on the calling thread; not for use by several threads.
 */
public final class DriftMeter {
  private final TeacherForced reference;
  private final TeacherForced candidate;

  /**
   * @param reference the model that is taken to be right
   * @param candidate the model to judge
   */
  public DriftMeter(TeacherForced reference, TeacherForced candidate) {
    this.reference = reference;
    this.candidate = candidate;
  }

  /**
   * Compares.
   *
   * @param material what to compare on
   * @return the report
   * @throws DriftException with the reason
   */
  public DriftReport measure(DriftMaterial material) {
    return measure(material, (done, total) -> {}, () -> false);
  }

  /**
   * Compares, with progress and a way to stop.
   *
   * @param material what to compare on
   * @param listener hears of every passage and probe
   * @param cancelled asked before every passage and probe; true ends with {@code CANCELLED}
   * @return the report
   * @throws DriftException with the reason
   */
  public DriftReport measure(
      DriftMaterial material, DriftListener listener, BooleanSupplier cancelled) {
    Progress progress = new Progress(material, listener, cancelled);
    PassageComparison passages = new PassageComparison();
    for (Passage passage : material.passages()) {
      progress.next();
      passages.add(passage, reference, candidate);
    }
    ProbeComparison probes = new ProbeComparison(material.maxAnswerTokens());
    for (Probe probe : material.probes()) {
      progress.next();
      probes.add(probe);
    }
    progress.end();
    return new DriftReport(
        passages.all.result(),
        passages.answers.result(),
        passages.divergence(),
        passages.probabilityChange(),
        passages.sameBest(),
        passages.topOverlap(),
        probes.outcomes,
        probes.divergences);
  }

  /** Counts what is done, and stops when asked to. */
  private static final class Progress {
    private final DriftListener listener;
    private final BooleanSupplier cancelled;
    private final int total;
    private int started;

    Progress(DriftMaterial material, DriftListener listener, BooleanSupplier cancelled) {
      this.listener = listener;
      this.cancelled = cancelled;
      this.total = material.passages().size() + material.probes().size();
    }

    void next() {
      if (cancelled.getAsBoolean()) {
        throw new DriftException(Reason.CANCELLED, "The comparison was cancelled.", null);
      }
      if (started > 0) {
        listener.onProgress(started, total);
      }
      started++;
    }

    void end() {
      listener.onProgress(started, total);
    }
  }

  private final class ProbeComparison {
    private final GreedyDecoder decoder = new GreedyDecoder();
    private final int maxTokens;
    private final List<Divergence> divergences = new ArrayList<>();
    private ProbeOutcome outcomes = new ProbeOutcome(0, 0, 0, List.of(), List.of());

    ProbeComparison(int maxTokens) {
      this.maxTokens = maxTokens;
    }

    void add(Probe probe) {
      int[] expected = probe.answer();
      int[] answer = decoder.answer(reference, probe, maxTokens);
      int agreed = decoder.agreement(candidate, probe, answer);
      if (agreed < answer.length) {
        divergences.add(new Divergence(outcomes.probes(), agreed));
      }
      boolean referenceRight = Arrays.equals(answer, expected);
      boolean candidateRight =
          referenceRight
              ? agreed == answer.length
              : decoder.agreement(candidate, probe, expected) == expected.length;
      outcomes = outcomes.plus(referenceRight, candidateRight);
    }
  }
}
