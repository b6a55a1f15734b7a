package io.edgellm.telemetry;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The metric sets of one period of consent: the first sixteen label sets each have their own, what
 * comes later shares one, so that memory and the number of series stay bounded whatever labels a
 * host makes up. When consent ends, the whole object is let go, with whatever still writes to it.
 */
final class MetricSets {
  static final int MAX_LABEL_SETS = 16;

  private final Map<ModelLabels, MetricSet> sets = new LinkedHashMap<>();

  synchronized MetricSet of(ModelLabels labels, Instant now) {
    MetricSet known = sets.get(labels);
    if (known != null) {
      return known;
    }
    ModelLabels kept = sets.size() < MAX_LABEL_SETS ? labels : ModelLabels.OTHER;
    return sets.computeIfAbsent(kept, ignored -> new MetricSet(now));
  }

  synchronized Map<ModelLabels, CohortStats> stats(Predicate<ModelLabels> cohort, Instant until) {
    Map<ModelLabels, CohortStats> stats = new LinkedHashMap<>();
    sets.forEach(
        (labels, set) -> {
          if (cohort.test(labels)) {
            stats.put(labels, set.stats(until));
          }
        });
    return stats;
  }
}
