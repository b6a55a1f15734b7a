package io.edgellm.trust;

import io.edgellm.model.Sha256;
import io.edgellm.trust.time.TrustedTime;
import java.time.Instant;
import java.util.List;

/**
 * What was checked, against which policy, who vouched for it, by which clock, and why it counted as
 * current. Kept beside the installed model.
 *
 * @param title model and version
 * @param method how it was verified, for instance {@code oms/key}; {@link #DEVELOPMENT} if it was
 *     not
 * @param signer the name that the policy gives to who signed
 * @param identity what the signature proves of him: the key, the subject of a certificate, an
 *     account
 * @param rootDigest the digest over all signed files
 * @param policyDigest the digest of the policy that was applied
 * @param time when, and by which clock
 * @param admission why it might be activated, or why not
 * @param checks what was checked, one sentence each, in order
 */
public record VerificationReceipt(
    String title,
    String method,
    String signer,
    String identity,
    Sha256 rootDigest,
    Sha256 policyDigest,
    TrustedTime time,
    Admission admission,
    List<String> checks) {

  /** The method of a receipt that says that nothing was verified. */
  public static final String DEVELOPMENT = "development";

  /** Copies the list. */
  public VerificationReceipt {
    checks = List.copyOf(checks);
  }

  /** Returns when it was verified, by the clock that {@link #time} names. */
  public Instant verifiedAt() {
    return time.now();
  }

  /** Returns the same receipt with why it was admitted another time. */
  public VerificationReceipt withAdmission(Admission another) {
    return new VerificationReceipt(
        title, method, signer, identity, rootDigest, policyDigest, time, another, checks);
  }

  /** Returns the canonical JSON, which a device keeps beside the model as {@code receipt.json}. */
  public byte[] toJson() {
    return ReceiptCodec.write(this);
  }

  /**
   * Reads a receipt. It says what was checked once and is not itself a proof of anything: only a
   * {@link ModelVerifier} makes a {@link VerifiedModel}.
   *
   * @throws TrustException with {@code MALFORMED}
   */
  public static VerificationReceipt fromJson(byte[] utf8) {
    return ReceiptCodec.read(utf8);
  }

  /** Returns several lines of text for people. */
  public String describe() {
    return ReceiptCodec.describe(this);
  }
}
