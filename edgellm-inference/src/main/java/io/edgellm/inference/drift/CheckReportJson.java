package io.edgellm.inference.drift;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes a check as JSON, with a fixed order of fields. */
final class CheckReportJson {
  static final String SCHEMA = "edgellm.check/v1";

  private CheckReportJson() {}

  static String of(CheckReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("schema", SCHEMA);
    model(json.putObject("reference"), report.reference());
    model(json.putObject("candidate"), report.candidate());
    json.putObject("validation")
        .put("name", report.validation().name())
        .put("sha256", report.validation().digest().hex())
        .put("windowsLeftOut", report.windowsLeftOut());
    CheckSettings settings = report.settings();
    json.putObject("settings")
        .put("threads", settings.threads())
        .put("windowTokens", settings.windowTokens())
        .put("strideTokens", settings.strideTokens())
        .put("maxTokens", settings.maxTokens())
        .put("maxAnswerTokens", settings.maxAnswerTokens());
    report.verdict().ifPresent(verdict -> verdict(json.putObject("policy"), verdict));
    quality(json.putObject("quality"), report.drift());
    json.setAll(DriftReportJson.of(report.drift()));
    return DriftReportJson.text(json);
  }

  private static void model(ObjectNode json, CheckedModel model) {
    json.put("name", model.name())
        .put("sha256", model.digest().hex())
        .put("bytes", model.sizeBytes())
        .put("graphs", model.graphs());
  }

  /** What a release records, in one place for whoever writes releases. */
  private static void quality(ObjectNode json, DriftReport drift) {
    ProbeDrift probes = drift.probes();
    DriftReportJson.number(json, "exactMatch", probes.candidateAccuracy());
    DriftReportJson.number(json, "meanNll", probes.expected().candidateLoss());
    DriftReportJson.number(json, "referenceNll", probes.expected().referenceLoss());
    DriftReportJson.number(json, "perplexity", drift.texts().all().candidate());
    json.put("probes", probes.known());
  }

  private static void verdict(ObjectNode json, DriftVerdict verdict) {
    json.put("name", verdict.policy())
        .put("sha256", verdict.policyDigest().hex())
        .put("met", verdict.isMet());
    ArrayNode findings = json.putArray("findings");
    for (DriftVerdict.Finding finding : verdict.findings()) {
      ObjectNode one = findings.addObject();
      DriftMeasure measure = finding.limit().measure();
      one.put("measure", measure.label()).put("bound", measure.bound().label());
      one.put("limit", finding.limit().value());
      DriftReportJson.number(one, "value", finding.value());
      DriftReportJson.number(one, "margin", finding.margin());
      one.put("kept", finding.isKept());
    }
  }
}
