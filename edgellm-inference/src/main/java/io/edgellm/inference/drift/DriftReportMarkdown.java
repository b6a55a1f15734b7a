package io.edgellm.inference.drift;

import java.util.Locale;

/** Writes a report as tables for people. */
final class DriftReportMarkdown {
  private final StringBuilder text = new StringBuilder();

  private DriftReportMarkdown() {}

  static String of(DriftReport report, String reference, String candidate) {
    DriftReportMarkdown markdown = new DriftReportMarkdown();
    markdown.models(report, cell(reference), cell(candidate));
    markdown.distributions(report);
    markdown.agreement(report);
    return markdown.text.toString();
  }

  private void models(DriftReport report, String reference, String candidate) {
    row("", reference, candidate, "ratio");
    row("---", "---", "---", "---");
    perplexity("perplexity", report.all());
    perplexity("perplexity of answers", report.answers());
    DriftReport.ProbeOutcome probes = report.probes();
    row(
        "probes answered exactly, of " + probes.probes(),
        percent(probes.referenceRight(), probes.probes()),
        percent(probes.candidateRight(), probes.probes()),
        "");
    text.append('\n');
  }

  private void perplexity(String name, Perplexity perplexity) {
    row(
        name + " (" + perplexity.tokens() + " tokens)",
        number(perplexity.reference()),
        number(perplexity.candidate()),
        number(perplexity.ratio())
            + " ± "
            + number(perplexity.ratio() * perplexity.logRatioError()));
  }

  private void distributions(DriftReport report) {
    row("", "mean", "rms", "median", "1 %", "99 %", "99.9 %", "max");
    row("---", "---", "---", "---", "---", "---", "---", "---");
    distribution("KL divergence (nats)", report.divergence());
    distribution("change of p(token)", report.probabilityChange());
    text.append('\n');
  }

  private void distribution(String name, Distribution values) {
    row(
        name,
        number(values.mean()),
        number(values.rms()),
        number(values.median()),
        number(values.p1()),
        number(values.p99()),
        number(values.p999()),
        number(values.max()));
  }

  private void agreement(DriftReport report) {
    row("agreement", "");
    row("---", "---");
    row("same most probable token", percent(report.sameBest()));
    row("five most probable tokens in common", percent(report.topOverlap()));
    row(
        "greedy answers that differ",
        report.divergences().size() + " of " + report.probes().probes());
    if (report.firstDivergence().isPresent()) {
      row("earliest token that differs", "" + report.firstDivergence().getAsInt());
    }
    row(
        "probes lost / gained",
        report.probes().lost().size() + " / " + report.probes().gained().size());
  }

  private void row(String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.5f", value);
  }

  private static String percent(int part, int whole) {
    return whole == 0 ? "–" : percent((double) part / whole);
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static String cell(String name) {
    return name.replace("|", "\\|").replaceAll("\\R", " ");
  }
}
