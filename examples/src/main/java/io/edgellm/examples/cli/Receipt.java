package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.trust.Admission;
import io.edgellm.trust.VerificationReceipt;

/** A receipt as an answer for machines; what is on the disk is the canonical form. */
final class Receipt {
  private Receipt() {}

  /** Returns a receipt that says something else of whether the release is current. */
  static VerificationReceipt with(Admission admission, VerificationReceipt receipt) {
    return new VerificationReceipt(
        receipt.title(),
        receipt.method(),
        receipt.signer(),
        receipt.identity(),
        receipt.rootDigest(),
        receipt.policyDigest(),
        receipt.time(),
        admission,
        receipt.checks());
  }

  static ObjectNode json(VerificationReceipt receipt) {
    ObjectNode json = Console.object();
    ObjectNode out = json.putObject("receipt");
    out.put("title", receipt.title())
        .put("method", receipt.method())
        .put("signer", receipt.signer())
        .put("identity", receipt.identity())
        .put("content", receipt.rootDigest().hex())
        .put("policy", receipt.policyDigest().hex())
        .put("verifiedAt", receipt.verifiedAt().toString())
        .put("clock", receipt.time().source().name())
        .put("current", !(receipt.admission() instanceof Admission.Refused))
        .put("admission", receipt.admission().describe());
    receipt.checks().forEach(out.putArray("checks")::add);
    return json;
  }
}
