package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import java.util.function.BooleanSupplier;

/**
 * Compares a candidate with a reference, token by token and answer by answer.
 *
 * <p>The statistics are those of llama.cpp's {@code --kl-divergence}; perplexity counts all tokens
 * but the first of each passage, each passage from an empty cache. Both models run one passage at a
 * time and their logits are compared row by row: the heap holds two rows, and 16 bytes for each
 * token, of which the exact percentiles are made.
 *
 * <p>Runs on the calling thread; not for use by several threads.
 */
public final class DriftMeter {
  private final TeacherForced reference;
  private final TeacherForced candidate;
  private final TokenText text;

  /**
   * Compares tokens as numbers.
   *
   * @param reference the model that is taken to be right
   * @param candidate the model to judge
   */
  public DriftMeter(TeacherForced reference, TeacherForced candidate) {
    this(reference, candidate, TokenText.NUMBERS);
  }

  /**
   * Compares texts.
   *
   * @param reference the model that is taken to be right
   * @param candidate the model to judge
   * @param text what tokens of both models mean
   */
  public DriftMeter(TeacherForced reference, TeacherForced candidate, TokenText text) {
    this.reference = reference;
    this.candidate = candidate;
    this.text = text;
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
    PassageComparison passages = new PassageComparison(text);
    for (Passage passage : material.passages()) {
      progress.next();
      passages.add(passage, reference, candidate);
    }
    ProbeComparison probes = new ProbeComparison(text, material.maxAnswerTokens());
    for (Probe probe : material.probes()) {
      progress.next();
      probes.add(probe, reference, candidate);
    }
    progress.end();
    return new DriftReport(passages.result(), probes.result());
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
}
