package io.edgellm.inference.drift;

/** Writes a report as tables for people. */
final class DriftReportMarkdown {
  private final MarkdownText text = new MarkdownText();

  private DriftReportMarkdown() {}

  static String of(DriftReport report, String reference, String candidate) {
    DriftReportMarkdown markdown = new DriftReportMarkdown();
    markdown.models(report, reference, candidate);
    markdown.distributions(report.texts());
    markdown.agreement(report);
    return markdown.text.toString();
  }

  private void models(DriftReport report, String reference, String candidate) {
    text.head("", reference, candidate, "ratio");
    perplexity("perplexity", report.texts().all());
    perplexity("perplexity of answers", report.texts().answers());
    ProbeDrift probes = report.probes();
    perplexity("perplexity of right answers", probes.expected());
    text.row(
        "probes answered exactly, of " + probes.known(),
        Figures.percent(probes.referenceAccuracy()),
        Figures.percent(probes.candidateAccuracy()),
        "");
    scores("BLEU / ROUGE-L of answers", probes.referenceScores(), probes.candidateScores());
    JsonAnswers json = probes.json();
    text.row(
        "answers that are JSON, of " + json.probes(),
        share(json.referenceValid(), json.probes()),
        share(json.candidateValid(), json.probes()),
        "");
    text.row(
        "answers that are the right JSON",
        share(json.referenceSame(), json.probes()),
        share(json.candidateSame(), json.probes()),
        "");
    text.line();
  }

  private void perplexity(String name, Perplexity perplexity) {
    text.row(
        name + " (" + perplexity.tokens() + " tokens)",
        Figures.withError(perplexity.reference(), perplexity.referenceError()),
        Figures.withError(perplexity.candidate(), perplexity.candidateError()),
        Figures.withError(perplexity.ratio(), perplexity.ratioError()));
  }

  private void scores(String name, AnswerScores reference, AnswerScores candidate) {
    text.row(name, scores(reference), scores(candidate), "");
  }

  private static String scores(AnswerScores scores) {
    return Figures.fixed(scores.bleu()) + " / " + Figures.fixed(scores.rougeL());
  }

  private void distributions(TextDrift texts) {
    text.head("", "mean", "rms", "min", "1 %", "median", "90 %", "95 %", "99 %", "99.9 %", "max");
    distribution("KL divergence (nats)", texts.divergence());
    distribution("change of p(token)", texts.probabilityChange());
    text.line();
  }

  private void distribution(String name, Distribution values) {
    text.row(
        name,
        Figures.withError(values.mean(), values.meanError()),
        Figures.fixed(values.rms()),
        Figures.fixed(values.min()),
        Figures.fixed(values.p1()),
        Figures.fixed(values.median()),
        Figures.fixed(values.p90()),
        Figures.fixed(values.p95()),
        Figures.fixed(values.p99()),
        Figures.fixed(values.p999()),
        Figures.fixed(values.max()));
  }

  private void agreement(DriftReport report) {
    TextDrift texts = report.texts();
    ProbeDrift probes = report.probes();
    text.head("agreement", "");
    text.row("same most probable token", Figures.percent(texts.sameBest()));
    text.row("five most probable tokens in common", Figures.percent(texts.topOverlap()));
    text.row("greedy answers that differ", probes.divergences().size() + " of " + probes.probes());
    probes
        .firstDivergence()
        .ifPresent(token -> text.row("earliest token that differs", Integer.toString(token)));
    text.row("BLEU / ROUGE-L of both answers", scores(probes.likeness()));
    text.row("probes lost / gained", probes.lost().size() + " / " + probes.gained().size());
  }

  private static String share(int part, int whole) {
    return Figures.percent((double) part / whole);
  }
}
