package io.edgellm.inference.drift;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.drift.ProbeDrift.Divergence;
import java.util.List;

/** Writes a report as JSON, with a fixed order of fields. */
final class DriftReportJson {
  private DriftReportJson() {}

  /** Returns a document as text: the same on every system. */
  static String text(ObjectNode json) {
    return json.toPrettyString().replace("\r\n", "\n") + "\n";
  }

  static ObjectNode of(DriftReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    texts(json.putObject("texts"), report.texts());
    probes(json.putObject("probes"), report.probes());
    return json;
  }

  private static void texts(ObjectNode json, TextDrift texts) {
    json.put("passages", texts.passages());
    perplexity(json.putObject("perplexity"), texts.all());
    perplexity(json.putObject("answerPerplexity"), texts.answers());
    distribution(json.putObject("divergence"), texts.divergence());
    distribution(json.putObject("probabilityChange"), texts.probabilityChange());
    number(json, "sameBest", texts.sameBest());
    number(json, "sameBestError", texts.sameBestError());
    number(json, "topOverlap", texts.topOverlap());
    histogram(json.putArray("divergenceHistogram"), texts.divergenceHistogram());
    histogram(json.putArray("probabilityChangeHistogram"), texts.changeHistogram());
    ArrayNode positions = json.putArray("divergenceByPosition");
    for (PositionBand band : texts.byPosition()) {
      ObjectNode one = positions.addObject();
      one.put("from", band.from()).put("to", band.to()).put("tokens", band.tokens());
      number(one, "mean", band.mean());
      number(one, "max", band.max());
    }
    ArrayNode worst = json.putArray("worst");
    texts.worst().forEach(passage -> worst(worst.addObject(), passage));
  }

  private static void perplexity(ObjectNode json, Perplexity perplexity) {
    json.put("tokens", perplexity.tokens());
    number(json, "reference", perplexity.reference());
    number(json, "referenceError", perplexity.referenceError());
    number(json, "candidate", perplexity.candidate());
    number(json, "candidateError", perplexity.candidateError());
    number(json, "ratio", perplexity.ratio());
    number(json, "logRatioError", perplexity.logRatioError());
    number(json, "correlation", perplexity.correlation());
  }

  private static void distribution(ObjectNode json, Distribution values) {
    number(json, "mean", values.mean());
    number(json, "meanError", values.meanError());
    number(json, "rms", values.rms());
    number(json, "min", values.min());
    number(json, "p0.1", values.p01());
    number(json, "p1", values.p1());
    number(json, "p5", values.p5());
    number(json, "p10", values.p10());
    number(json, "p25", values.p25());
    number(json, "median", values.median());
    number(json, "p75", values.p75());
    number(json, "p90", values.p90());
    number(json, "p95", values.p95());
    number(json, "p99", values.p99());
    number(json, "p99.9", values.p999());
    number(json, "max", values.max());
  }

  private static void histogram(ArrayNode json, Histogram histogram) {
    for (Histogram.Bin bin : histogram.bins()) {
      json.addObject().put("from", bin.from()).put("to", bin.to()).put("tokens", bin.tokens());
    }
  }

  private static void worst(ObjectNode json, WorstPassage passage) {
    json.put("passage", passage.passage()).put("origin", passage.origin());
    perplexity(json.putObject("perplexity"), passage.perplexity());
    number(json, "meanDivergence", passage.meanDivergence());
    WorstPassage.Token token = passage.at();
    ObjectNode at = json.putObject("at");
    at.put("position", token.position());
    number(at, "divergence", token.divergence());
    at.put("before", token.before()).put("text", token.text());
    number(at, "referenceProbability", token.referenceProbability());
    number(at, "candidateProbability", token.candidateProbability());
    at.put("referenceBest", token.referenceBest()).put("candidateBest", token.candidateBest());
  }

  private static void probes(ObjectNode json, ProbeDrift probes) {
    json.put("count", probes.probes())
        .put("known", probes.known())
        .put("referenceRight", probes.referenceRight())
        .put("candidateRight", probes.candidateRight());
    indexes(json.putArray("lost"), probes.lost());
    indexes(json.putArray("gained"), probes.gained());
    number(json, "sameAnswers", probes.sameAnswers());
    probes.firstDivergence().ifPresent(token -> json.put("firstDivergence", token));
    ArrayNode divergences = json.putArray("divergences");
    for (Divergence divergence : probes.divergences()) {
      divergences.addObject().put("probe", divergence.probe()).put("token", divergence.token());
    }
    perplexity(json.putObject("expectedPerplexity"), probes.expected());
    scores(json.putObject("referenceScores"), probes.referenceScores());
    scores(json.putObject("candidateScores"), probes.candidateScores());
    scores(json.putObject("likeness"), probes.likeness());
    json.putObject("jsonAnswers")
        .put("probes", probes.json().probes())
        .put("referenceValid", probes.json().referenceValid())
        .put("candidateValid", probes.json().candidateValid())
        .put("referenceSame", probes.json().referenceSame())
        .put("candidateSame", probes.json().candidateSame());
    ArrayNode changed = json.putArray("changed");
    probes.changed().forEach(answer -> changed(changed.addObject(), answer));
  }

  private static void scores(ObjectNode json, AnswerScores scores) {
    number(json, "bleu", scores.bleu());
    number(json, "sentenceBleu", scores.sentenceBleu());
    number(json, "rougeL", scores.rougeL());
  }

  private static void changed(ObjectNode json, ChangedAnswer answer) {
    json.put("probe", answer.probe())
        .put("origin", answer.origin())
        .put("change", answer.change().label())
        .put("prompt", answer.prompt())
        .put("expected", answer.expected())
        .put("agreed", answer.agreed());
    continuation(json.putObject("reference"), answer.reference());
    continuation(json.putObject("candidate"), answer.candidate());
  }

  private static void continuation(ObjectNode json, ChangedAnswer.Continuation continuation) {
    json.put("token", continuation.token()).put("rest", continuation.rest());
  }

  private static void indexes(ArrayNode json, List<Integer> indexes) {
    indexes.forEach(json::add);
  }

  /** JSON has no NaN and no infinity. */
  static void number(ObjectNode json, String name, double value) {
    if (Double.isFinite(value)) {
      json.put(name, value);
    } else {
      json.putNull(name);
    }
  }
}
