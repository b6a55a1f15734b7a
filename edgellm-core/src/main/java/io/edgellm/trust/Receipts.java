package io.edgellm.trust;

import io.edgellm.trust.oms.HashedFile;
import io.edgellm.trust.time.TrustedTime;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a verification has checked. */
final class Receipts {
  private Receipts() {}

  static VerificationReceipt of(
      TrustPolicy policy, TrustedTime time, PaperCheck.Papers papers, List<HashedFile> files) {
    return new VerificationReceipt(
        papers.manifest().title(),
        "oms/" + papers.signed().signer().method(),
        papers.signer().name(),
        papers.signed().identity(),
        papers.signed().statement().rootDigest(),
        policy.digest(),
        time,
        papers.admission(),
        checks(policy, papers, files));
  }

  private static List<String> checks(
      TrustPolicy policy, PaperCheck.Papers papers, List<HashedFile> files) {
    List<String> checks = new ArrayList<>();
    checks.add("Signature: OpenSSF Model Signing v1.0 by " + papers.signed().identity() + ".");
    checks.add(
        "Signer: '" + papers.signer().name() + "' may sign " + papers.signer().models() + ".");
    papers.attested().forEach(a -> checks.add("Attested: " + a.describe() + "."));
    checks.add(
        "Files: "
            + files.size()
            + " with "
            + files.stream().mapToLong(HashedFile::sizeBytes).sum()
            + " bytes are what was signed, none is missing, none was added.");
    checks.add("Manifest: names every file with its size and digest.");
    checks.add(
        "Content: "
            + (policy.allowed().isEmpty()
                ? "no code by its file name"
                : "code by its file name only of the kinds that the policy grants "
                    + policy.allowed())
            + "; the configuration refers to files of the release only.");
    return checks;
  }
}
