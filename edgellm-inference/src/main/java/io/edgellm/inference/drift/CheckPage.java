package io.edgellm.inference.drift;

import io.edgellm.inference.drift.ChangedAnswer.Continuation;
import java.util.List;
import java.util.Locale;

/** Writes a check as one page of HTML that needs nothing else and runs nothing. */
final class CheckPage {
  private final CheckReport report;
  private final TextDrift texts;
  private final ProbeDrift probes;
  private final HtmlText html = new HtmlText();

  private CheckPage(CheckReport report) {
    this.report = report;
    this.texts = report.drift().texts();
    this.probes = report.drift().probes();
  }

  static String of(CheckReport report) {
    CheckPage page = new CheckPage(report);
    page.head();
    page.verdict();
    page.summary();
    page.plots();
    page.figures();
    page.changed();
    page.worst();
    page.sources();
    return page.html.raw("</main></body></html>\n").toString();
  }

  private void head() {
    String title = report.candidate().name() + " against " + report.reference().name();
    html.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"")
        .raw("default-src 'none'; style-src 'unsafe-inline'\">\n")
        .element("title", title)
        .raw("<style>\n" + CheckPageStyle.CSS + "</style></head>\n<body><main>\n")
        .element("h1", title);
  }

  private void verdict() {
    report.verdict().ifPresent(this::verdict);
  }

  private void verdict(DriftVerdict verdict) {
    html.raw("<section class=\"verdict " + (verdict.isMet() ? "good" : "bad") + "\">\n")
        .element(
            "h2",
            verdict.isMet()
                ? "✓ The policy “" + verdict.policy() + "” is met"
                : "✗ The policy “" + verdict.policy() + "” is not met");
    html.table("limit", "", "measured", "margin");
    for (DriftVerdict.Finding finding : verdict.findings()) {
      html.row(
          finding.limit().toString(),
          finding.isKept() ? "✓" : "✗",
          Figures.fixed(finding.value()),
          Figures.fixed(finding.margin()));
    }
    html.tableEnd().raw("</section>\n");
  }

  private void summary() {
    html.raw("<dl class=\"cards\">\n");
    card("perplexity, ratio", Figures.withError(texts.all().ratio(), texts.all().ratioError()));
    card(
        "mean KL divergence",
        Figures.withError(texts.divergence().mean(), texts.divergence().meanError()));
    card("same most probable token", Figures.percent(texts.sameBest()));
    card(
        "probes answered exactly",
        Figures.percent(probes.referenceAccuracy())
            + " → "
            + Figures.percent(probes.candidateAccuracy()));
    card("probes lost / gained", probes.lost().size() + " / " + probes.gained().size());
    card(
        "size",
        Figures.bytes(report.reference().sizeBytes())
            + " → "
            + Figures.bytes(report.candidate().sizeBytes()));
    html.raw("</dl>\n");
  }

  private void card(String name, String value) {
    // A number and its sign stay on one line.
    String together = value.replace(" %", "\u00a0%").replace("± ", "±\u00a0");
    html.raw("<div>").element("dt", name).element("dd", together).raw("</div>\n");
  }

  private void plots() {
    if (texts.all().tokens() == 0) {
      return;
    }
    DriftPlots plots = new DriftPlots(texts);
    html.element("h2", "Token by token").raw("<div class=\"plots\">\n");
    plot(
        plots.divergence(),
        "KL divergence at each of "
            + Figures.count(texts.all().tokens())
            + " tokens: how far the candidate’s expectation is from the reference’s.");
    plot(
        plots.probabilityChange(),
        "Change of the probability of the text’s own token. Heights"
            + " are square roots, so that few tokens can be seen.");
    plot(
        plots.byPosition(),
        "Mean KL divergence by the number of tokens before. Errors of the"
            + " weights are level; errors of a cache or of positions grow.");
    html.raw("</div>\n");
  }

  private void plot(String svg, String caption) {
    html.raw("<figure>" + svg).element("figcaption", caption).raw("</figure>\n");
  }

  private void figures() {
    html.element("h2", "Figures").table("perplexity", "tokens", "reference", "candidate", "ratio");
    perplexity("of the texts", texts.all());
    perplexity("of the answers in them", texts.answers());
    perplexity("of the right answers to probes", probes.expected());
    html.tableEnd();
    html.table("", "mean", "rms", "min", "1 %", "median", "90 %", "95 %", "99 %", "99.9 %", "max");
    distribution("KL divergence", texts.divergence());
    distribution("Δp", texts.probabilityChange());
    html.tableEnd();
    html.table("answers", "reference", "candidate", "one like the other");
    html.row(
        "BLEU",
        Figures.fixed(probes.referenceScores().bleu()),
        Figures.fixed(probes.candidateScores().bleu()),
        Figures.fixed(probes.likeness().bleu()));
    html.row(
        "ROUGE-L",
        Figures.fixed(probes.referenceScores().rougeL()),
        Figures.fixed(probes.candidateScores().rougeL()),
        Figures.fixed(probes.likeness().rougeL()));
    JsonAnswers json = probes.json();
    html.row(
        "are JSON, of " + json.probes(),
        Integer.toString(json.referenceValid()),
        Integer.toString(json.candidateValid()),
        "");
    html.row(
        "are the right JSON",
        Integer.toString(json.referenceSame()),
        Integer.toString(json.candidateSame()),
        "");
    html.row("are the same", "", "", Figures.percent(probes.sameAnswers()));
    html.tableEnd();
  }

  private void perplexity(String name, Perplexity p) {
    html.row(
        name,
        Figures.count(p.tokens()),
        Figures.withError(p.reference(), p.referenceError()),
        Figures.withError(p.candidate(), p.candidateError()),
        Figures.withError(p.ratio(), p.ratioError()));
  }

  private void distribution(String name, Distribution d) {
    html.row(
        name,
        Figures.withError(d.mean(), d.meanError()),
        Figures.fixed(d.rms()),
        Figures.fixed(d.min()),
        Figures.fixed(d.p1()),
        Figures.fixed(d.median()),
        Figures.fixed(d.p90()),
        Figures.fixed(d.p95()),
        Figures.fixed(d.p99()),
        Figures.fixed(d.p999()),
        Figures.fixed(d.max()));
  }

  private void changed() {
    List<ChangedAnswer> changed = probes.changed();
    if (changed.isEmpty()) {
      return;
    }
    html.element("h2", "Answers that changed")
        .element(
            "p",
            "soft",
            probes.divergences().size()
                + " of "
                + probes.probes()
                + " answers are different; shown are at most 20 that were lost, gained, or are"
                + " different without being right. Marked is the first token that differs.");
    for (ChangedAnswer answer : changed) {
      html.raw("<article><header>")
          .element("span", "tag " + answer.change().label(), answer.change().label())
          .element("span", "soft", answer.origin())
          .element("p", answer.prompt())
          .raw("</header><div class=\"pair\">\n");
      answer("reference", answer, answer.reference());
      answer("candidate", answer, answer.candidate());
      html.raw("</div>");
      if (answer.change() == ChangedAnswer.Change.OTHER && !answer.expected().isEmpty()) {
        html.element("p", "soft", "right is: " + answer.expected());
      }
      html.raw("</article>\n");
    }
  }

  private void answer(String who, ChangedAnswer answer, Continuation continuation) {
    html.raw("<div>").element("h3", who).raw("<pre>").text(answer.agreed()).raw("<mark>");
    html.text(continuation.token().isEmpty() ? "∅" : continuation.token())
        .raw("</mark>")
        .text(continuation.rest())
        .raw("</pre></div>\n");
  }

  private void worst() {
    if (texts.worst().isEmpty()) {
      return;
    }
    html.element("h2", "Passages that are furthest apart");
    for (WorstPassage passage : texts.worst()) {
      WorstPassage.Token at = passage.at();
      html.raw("<article><header>")
          .element("span", "soft", passage.origin())
          .element(
              "p",
              "mean KL "
                  + Figures.fixed(passage.meanDivergence())
                  + ", perplexity "
                  + Figures.fixed(passage.perplexity().reference())
                  + " → "
                  + Figures.fixed(passage.perplexity().candidate()))
          .raw("</header><pre>")
          .text(at.before())
          .raw("<mark>")
          .text(at.text())
          .raw("</mark></pre>\n")
          .element(
              "p",
              "soft",
              String.format(
                  Locale.ROOT,
                  "KL %s here; its probability %s → %s; most probable “%s” → “%s”",
                  Figures.fixed(at.divergence()),
                  Figures.fixed(at.referenceProbability()),
                  Figures.fixed(at.candidateProbability()),
                  at.referenceBest(),
                  at.candidateBest()))
          .raw("</article>\n");
    }
  }

  private void sources() {
    CheckSettings settings = report.settings();
    html.element("h2", "Measured on").table("", "name", "SHA-256");
    html.row("reference", report.reference().name(), report.reference().digest().hex());
    html.row("candidate", report.candidate().name(), report.candidate().digest().hex());
    html.row("texts and probes", report.validation().name(), report.validation().digest().hex());
    report.verdict().ifPresent(v -> html.row("policy", v.policy(), v.policyDigest().hex()));
    html.tableEnd()
        .element(
            "p",
            "soft",
            texts.passages()
                + " passages in windows of "
                + settings.windowTokens()
                + " tokens every "
                + settings.strideTokens()
                + (report.windowsLeftOut() > 0
                    ? ", " + report.windowsLeftOut() + " windows left out"
                    : "")
                + "; "
                + probes.probes()
                + " probes, answers of at most "
                + settings.maxAnswerTokens()
                + " tokens.");
  }
}
