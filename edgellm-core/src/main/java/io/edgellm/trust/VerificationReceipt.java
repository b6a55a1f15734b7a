package io.edgellm.trust;

import io.edgellm.model.Sha256;
import java.time.Instant;
import java.util.List;

/**
 * What was checked, against which policy, and who vouched for it. Kept beside the installed model.
 *
 * @param title model and version
 * @param method how it was verified, for instance {@code oms/key}; {@link #DEVELOPMENT} if it was
 *     not
 * @param signer the name that the policy gives to the key that signed
 * @param rootDigest the digest over all signed files
 * @param policyDigest the digest of the policy that was applied
 * @param verifiedAt when, by the device's clock
 * @param checks what was checked, one sentence each, in order
 */
public record VerificationReceipt(
    String title,
    String method,
    String signer,
    Sha256 rootDigest,
    Sha256 policyDigest,
    Instant verifiedAt,
    List<String> checks) {

  /** The method of a receipt that says that nothing was verified. */
  public static final String DEVELOPMENT = "development";

  /** Copies the list. */
  public VerificationReceipt {
    checks = List.copyOf(checks);
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
