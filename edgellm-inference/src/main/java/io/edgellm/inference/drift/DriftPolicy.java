package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How much drift a release may have. What is bearable depends on the model and its task: measure
 * good and bad quantizations of it and put the limits between them.
 *
 * <p>A file is YAML, or JSON, which is YAML too:
 *
 * <pre>{@code
 * schema: edgellm.drift-policy/v1
 * name: assistant
 * limits:
 *   perplexityRatio: {atMost: 1.03}
 *   sameBest: {atLeast: 0.94}
 *   probes: {atLeast: 100}
 * }</pre>
 *
 * <p>The names are those of {@link DriftMeasure#label()}. Unknown fields, a limit on the wrong side
 * and a measure twice are refused, with line and column.
 *
 * @param name for people and reports
 * @param limits at least one, no measure twice
 */
public record DriftPolicy(String name, List<DriftLimit> limits) {
  /**
   * What a release needs where nobody measured anything better: perplexity at most 5 % above the
   * reference, mean divergence at most 0.05 nats, the same most probable token at 90 % of the
   * tokens, and at most 2 % of the probes lost.
   *
   * <p>The first two lie between the four bits that people use and those that they left: on
   * Wikitext-2, llama.cpp's table for Llama 3 8B has 1.028 and 0.031 for Q4_K_M, 1.072 and 0.072
   * for Q4_1. On the sample model, four bits in blocks of 32 keep all four and two bits none.
   */
  public static final DriftPolicy DEFAULT =
      new DriftPolicy(
          "default",
          List.of(
              new DriftLimit(DriftMeasure.PERPLEXITY_RATIO, 1.05),
              new DriftLimit(DriftMeasure.MEAN_DIVERGENCE, 0.05),
              new DriftLimit(DriftMeasure.SAME_BEST, 0.9),
              new DriftLimit(DriftMeasure.PROBE_LOSS, 0.02)));

  /**
   * For what should be the same model: 8 bits, another layout, another export. In the same table,
   * the mean divergence is 0.0014 for Q8_0 and 0.0055 for Q6_K.
   */
  public static final DriftPolicy STRICT =
      new DriftPolicy(
          "strict",
          List.of(
              new DriftLimit(DriftMeasure.PERPLEXITY_RATIO, 1.005),
              new DriftLimit(DriftMeasure.MEAN_DIVERGENCE, 0.005),
              new DriftLimit(DriftMeasure.SAME_BEST, 0.98),
              new DriftLimit(DriftMeasure.PROBE_LOSS, 0)));

  /**
   * Copies the list.
   *
   * @throws DriftException INVALID_POLICY if there is no limit, or a measure twice
   */
  public DriftPolicy {
    limits = List.copyOf(limits);
    Set<DriftMeasure> seen = EnumSet.noneOf(DriftMeasure.class);
    for (DriftLimit limit : limits) {
      if (!seen.add(limit.measure())) {
        throw new DriftException(
            Reason.INVALID_POLICY,
            "The policy limits " + limit.measure().label() + " twice.",
            limit.measure().label());
      }
    }
    if (limits.isEmpty()) {
      throw new DriftException(
          Reason.INVALID_POLICY, "The policy has no limit: everything would pass.", "limits");
    }
  }

  /**
   * Reads a policy file.
   *
   * @param file YAML or JSON, at most 1 MiB; needs {@code jackson-dataformat-yaml}
   * @throws DriftException INVALID_POLICY with line and column, or if it cannot be read
   */
  public static DriftPolicy read(Path file) {
    return DriftPolicyFile.read(file);
  }

  /**
   * Judges a report.
   *
   * @param report of a comparison
   * @return one finding for each limit
   */
  public DriftVerdict judge(DriftReport report) {
    return new DriftVerdict(
        name, digest(), limits.stream().map(limit -> limit.judge(report)).toList());
  }

  /** Returns the policy in its canonical form, one line of JSON: the same limits, the same text. */
  public String toJson() {
    return DriftPolicyFile.json(this).toString();
  }

  /** Returns the SHA-256 of {@link #toJson()} in UTF-8, to record by what a release was judged. */
  public Sha256 digest() {
    return Sha256.of(toJson().getBytes(StandardCharsets.UTF_8));
  }
}
