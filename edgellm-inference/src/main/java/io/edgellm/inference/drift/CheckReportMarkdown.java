package io.edgellm.inference.drift;

import io.edgellm.inference.drift.ChangedAnswer.Continuation;
import java.util.List;

/** Writes a check as Markdown: the verdict first, then the figures, then what changed. */
final class CheckReportMarkdown {
  private final MarkdownText text = new MarkdownText();

  private CheckReportMarkdown() {}

  static String of(CheckReport report) {
    CheckReportMarkdown markdown = new CheckReportMarkdown();
    String reference = report.reference().name();
    String candidate = report.candidate().name();
    markdown.text.heading(candidate + " against " + reference);
    report.verdict().ifPresent(markdown::verdict);
    markdown.text.raw(DriftReportMarkdown.of(report.drift(), reference, candidate)).line();
    markdown.changed(report.drift().probes().changed());
    markdown.worst(report.drift().texts().worst());
    markdown.sources(report);
    return markdown.text.toString();
  }

  private void verdict(DriftVerdict verdict) {
    text.paragraph(
        verdict.isMet()
            ? "The policy " + verdict.policy() + " is met."
            : "The policy " + verdict.policy() + " is not met.");
    text.head("limit", "measured", "margin", "");
    for (DriftVerdict.Finding finding : verdict.findings()) {
      text.row(
          finding.limit().toString(),
          Figures.fixed(finding.value()),
          Figures.fixed(finding.margin()),
          finding.isKept() ? "kept" : "not kept");
    }
    text.line();
  }

  private void changed(List<ChangedAnswer> changed) {
    if (changed.isEmpty()) {
      return;
    }
    text.heading("Answers that changed");
    text.head("", "prompt", "reference", "candidate");
    for (ChangedAnswer answer : changed) {
      text.row(
          answer.change().label() + " " + answer.origin(),
          answer.prompt(),
          answer(answer, answer.reference()),
          answer(answer, answer.candidate()));
    }
    text.line();
  }

  private static String answer(ChangedAnswer answer, Continuation continuation) {
    return answer.agreed() + "⟦" + continuation.token() + "⟧" + continuation.rest();
  }

  private void worst(List<WorstPassage> worst) {
    if (worst.isEmpty()) {
      return;
    }
    text.heading("Passages that are furthest apart");
    text.head("", "mean KL", "perplexity", "worst token", "p", "most probable");
    for (WorstPassage passage : worst) {
      WorstPassage.Token at = passage.at();
      text.row(
          passage.origin(),
          Figures.fixed(passage.meanDivergence()),
          Figures.fixed(passage.perplexity().reference())
              + " → "
              + Figures.fixed(passage.perplexity().candidate()),
          at.before() + "⟦" + at.text() + "⟧",
          Figures.fixed(at.referenceProbability())
              + " → "
              + Figures.fixed(at.candidateProbability()),
          at.referenceBest() + " → " + at.candidateBest());
    }
    text.line();
  }

  private void sources(CheckReport report) {
    text.heading("Measured on");
    text.head("", "name", "SHA-256");
    text.row("reference", report.reference().name(), report.reference().digest().hex());
    text.row("candidate", report.candidate().name(), report.candidate().digest().hex());
    text.row("texts and probes", report.validation().name(), report.validation().digest().hex());
    report
        .verdict()
        .ifPresent(verdict -> text.row("policy", verdict.policy(), verdict.policyDigest().hex()));
  }
}
