package io.edgellm.inference.drift;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.inference.drift.DriftVerdict.Finding;
import io.edgellm.model.Sha256;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The verdict in the file of a report, judged again: from its limits and the values that were
 * measured.
 *
 * @param file the report
 * @param policy its field {@code policy}
 */
record RecordedVerdict(Path file, JsonNode policy) {

  /**
   * Returns whether the policy is met.
   *
   * @throws DriftException INVALID_MATERIAL if the report says something else, of the whole or of a
   *     limit
   */
  boolean isMet() {
    List<Finding> findings = new ArrayList<>();
    for (JsonNode recorded : policy.path("findings")) {
      findings.add(finding(recorded));
    }
    DriftVerdict verdict = new DriftVerdict(name(), digest(findings), findings);
    if (!policy.path("sha256").asText().equals(verdict.policyDigest().hex())) {
      throw fault("its limits are not those of the policy whose digest it has");
    }
    requireSame("met", policy.path("met"), verdict.isMet());
    return verdict.isMet();
  }

  private String name() {
    return policy.path("name").asText();
  }

  private Sha256 digest(List<Finding> findings) {
    try {
      return new DriftPolicy(name(), findings.stream().map(Finding::limit).toList()).digest();
    } catch (DriftException e) {
      throw RecordedCheck.invalid(file, "has no policy: " + e.getMessage(), e);
    }
  }

  private Finding finding(JsonNode recorded) {
    DriftMeasure measure = measure(recorded.path("measure").asText());
    JsonNode limit = recorded.path("limit");
    JsonNode value = recorded.path("value");
    boolean known = value.isNumber() || value.isNull();
    if (!limit.isNumber() || !Double.isFinite(limit.doubleValue()) || !known) {
      throw fault("it has no limit or no value of " + measure.label());
    }
    if (!recorded.path("bound").asText().equals(measure.bound().label())) {
      throw fault(measure.label() + " is good on the other side of its limit");
    }
    double actual = value.isNull() ? Double.NaN : value.doubleValue();
    if (!measure.canBe(actual)) {
      throw fault(measure.label() + " cannot be " + Figures.plain(actual));
    }
    Finding finding = new DriftLimit(measure, limit.doubleValue()).judge(actual);
    requireSame("kept of " + measure.label(), recorded.path("kept"), finding.isKept());
    return finding;
  }

  private DriftMeasure measure(String label) {
    for (DriftMeasure measure : DriftMeasure.values()) {
      if (measure.label().equals(label)) {
        return measure;
      }
    }
    throw fault("it limits '" + label + "', which is no measure");
  }

  private void requireSame(String what, JsonNode recorded, boolean actual) {
    if (!recorded.isBoolean() || recorded.booleanValue() != actual) {
      throw fault("'" + what + "' is not " + actual + ", as its limits and values say");
    }
  }

  private DriftException fault(String what) {
    return RecordedCheck.invalid(file, "contradicts itself: " + what, null);
  }
}
