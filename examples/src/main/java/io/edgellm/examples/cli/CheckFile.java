package io.edgellm.examples.cli;

import io.edgellm.inference.drift.RecordedCheck;
import io.edgellm.inference.quantize.QuantizationReport;
import io.edgellm.model.ReleaseManifest;
import java.nio.file.Path;

/**
 * What {@code edgellm check} found, as it wrote it; a check that failed makes no release.
 *
 * @param file where it wrote it
 */
record CheckFile(Path file) {
  /**
   * Returns the figures of the quantized model, and the digest of the whole report.
   *
   * @param release what is to be released: the report must be about its files, and against the
   *     source of its quantization
   */
  ReleaseManifest.Quality read(ReleaseManifest release) {
    RecordedCheck check = RecordedCheck.read(file);
    if (!check.policy().isEmpty() && !check.isMet()) {
      throw refused(
          "CHECK_FAILED",
          "The model failed its check by the policy '"
              + check.policy()
              + "' ("
              + file
              + "): quantize it in another way, and check that.");
    }
    if (!check.isOf(release)) {
      throw refused(
          "CHECKED_ANOTHER",
          "'" + file + "' is about another model, or this one changed since: check it again.");
    }
    ReleaseManifest.Quantization quantization = release.quantization();
    if (quantization != null
        && quantization.tool().equals(QuantizationReport.TOOL)
        && !check.canBeAgainstSourceOf(quantization)) {
      throw refused(
          "CHECKED_AGAINST_ANOTHER",
          "'"
              + file
              + "' is about this model, but not against the one that it was quantized from: check it"
              + " against its source, as that was then.");
    }
    return check.quality();
  }

  private static CommandFault refused(String reason, String message) {
    return new CommandFault(ExitCode.REFUSED, reason, message);
  }
}
