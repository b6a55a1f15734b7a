package io.edgellm.inference.drift;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.drift.DriftReport.Divergence;
import io.edgellm.inference.drift.DriftReport.ProbeOutcome;
import java.util.List;

/** Writes a report as JSON, with a fixed order of fields. */
final class DriftReportJson {
  private DriftReportJson() {}

  static String of(DriftReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    perplexity(json.putObject("perplexity"), report.all());
    perplexity(json.putObject("answerPerplexity"), report.answers());
    distribution(json.putObject("klDivergence"), report.divergence());
    distribution(json.putObject("probabilityChange"), report.probabilityChange());
    number(json, "sameTop1", report.sameBest());
    number(json, "top5Overlap", report.topOverlap());
    probes(json.putObject("probes"), report);
    return json.toPrettyString().replace("\r\n", "\n") + "\n";
  }

  private static void perplexity(ObjectNode json, Perplexity perplexity) {
    json.put("tokens", perplexity.tokens());
    number(json, "reference", perplexity.reference());
    number(json, "candidate", perplexity.candidate());
    number(json, "ratio", perplexity.ratio());
    number(json, "logRatioError", perplexity.logRatioError());
  }

  private static void distribution(ObjectNode json, Distribution values) {
    number(json, "mean", values.mean());
    number(json, "rms", values.rms());
    number(json, "min", values.min());
    number(json, "p1", values.p1());
    number(json, "median", values.median());
    number(json, "p99", values.p99());
    number(json, "p99.9", values.p999());
    number(json, "max", values.max());
  }

  private static void probes(ObjectNode json, DriftReport report) {
    ProbeOutcome outcome = report.probes();
    json.put("count", outcome.probes());
    json.put("referenceRight", outcome.referenceRight());
    json.put("candidateRight", outcome.candidateRight());
    indexes(json.putArray("lost"), outcome.lost());
    indexes(json.putArray("gained"), outcome.gained());
    report.firstDivergence().ifPresent(token -> json.put("firstDivergence", token));
    ArrayNode divergences = json.putArray("divergences");
    for (Divergence divergence : report.divergences()) {
      divergences.addObject().put("probe", divergence.probe()).put("token", divergence.token());
    }
  }

  private static void indexes(ArrayNode json, List<Integer> indexes) {
    indexes.forEach(json::add);
  }

  /** JSON has no NaN and no infinity. */
  private static void number(ObjectNode json, String name, double value) {
    if (Double.isFinite(value)) {
      json.put(name, value);
    } else {
      json.putNull(name);
    }
  }
}
