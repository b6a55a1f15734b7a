package io.edgellm.inference.drift;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a check has found: of which models, on which data, how it was measured, how far they are
 * apart, and what a policy says of that.
 *
 * <p>Texts that models wrote are in it. Markdown and HTML show them so that nothing in them has any
 * effect.
 *
 * @param reference the model that was taken to be right
 * @param candidate the model that was judged
 * @param validation the data
 * @param settings how it was measured
 * @param windowsLeftOut how many windows of the texts were beyond {@link CheckSettings#maxTokens()}
 * @param drift the figures
 * @param policyVerdict what a policy says, or null if none was asked
 */
public record CheckReport(
    CheckedModel reference,
    CheckedModel candidate,
    ValidationSet validation,
    CheckSettings settings,
    int windowsLeftOut,
    DriftReport drift,
    @Nullable DriftVerdict policyVerdict) {

  /** Returns the same report with the verdict of a policy. */
  public CheckReport judgedBy(DriftPolicy policy) {
    return new CheckReport(
        reference, candidate, validation, settings, windowsLeftOut, drift, policy.judge(drift));
  }

  /** Returns what the policy says, if one was asked. */
  public Optional<DriftVerdict> verdict() {
    return Optional.ofNullable(policyVerdict);
  }

  /**
   * Returns what a release records of the candidate. If a policy was asked and is met, that
   * includes the {@link #digest()} of this report.
   *
   * @throws DriftException INVALID_MATERIAL if texts or probes with right answers were missing
   */
  public ReleaseManifest.Quality quality() {
    ReleaseManifest.Quality quality = drift.quality(validation);
    return new ReleaseManifest.Quality(
        quality.exactMatch(),
        quality.meanNll(),
        quality.perplexity(),
        quality.validationSet(),
        quality.probes(),
        quality.referenceNll(),
        quality.validationDigest(),
        policyVerdict != null && policyVerdict.isMet() ? digest() : null);
  }

  /** Returns the SHA-256 of {@link #toJson()} in UTF-8. */
  public Sha256 digest() {
    return Sha256.of(toJson().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the report as JSON of the schema {@code edgellm.check/v1}; figures that were not
   * measured are null. The same report gives the same text.
   */
  public String toJson() {
    return CheckReportJson.of(this);
  }

  /** Returns the report as Markdown, for a summary of a pipeline or a comment on a change. */
  public String toMarkdown() {
    return CheckReportMarkdown.of(this);
  }

  /** Returns the report as one page of HTML with pictures; it loads nothing and runs no script. */
  public String toHtml() {
    return CheckPage.of(this);
  }
}
