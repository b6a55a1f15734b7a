package io.edgellm.trust;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.ModelException;
import io.edgellm.model.Sha256;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@link VerificationReceipt}. */
final class ReceiptCodec {
  private static final String SCHEMA = "edgellm.receipt/v1";

  private ReceiptCodec() {}

  static byte[] write(VerificationReceipt receipt) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema", SCHEMA);
    root.put("title", receipt.title());
    root.put("method", receipt.method());
    root.put("signer", receipt.signer());
    root.put("rootDigest", receipt.rootDigest().hex());
    root.put("policyDigest", receipt.policyDigest().hex());
    root.put("verifiedAt", receipt.verifiedAt().toString());
    ArrayNode checks = root.putArray("checks");
    receipt.checks().forEach(checks::add);
    return CanonicalJson.write(root);
  }

  static VerificationReceipt read(byte[] utf8) {
    try {
      JsonFields f = JsonFields.of(StrictJson.parse(utf8));
      if (!f.text("schema").equals(SCHEMA)) {
        throw malformed("its schema is not '" + SCHEMA + "'", "schema", null);
      }
      VerificationReceipt receipt =
          new VerificationReceipt(
              f.text("title"),
              f.text("method"),
              f.text("signer"),
              new Sha256(f.text("rootDigest")),
              new Sha256(f.text("policyDigest")),
              Instant.parse(f.text("verifiedAt")),
              f.texts("checks"));
      f.end();
      return receipt;
    } catch (JsonFault e) {
      throw malformed(String.valueOf(e.getMessage()), e.path(), e);
    } catch (ModelException | DateTimeException e) {
      throw malformed(String.valueOf(e.getMessage()), "receipt", e);
    }
  }

  private static TrustException malformed(String what, String subject, @Nullable Exception cause) {
    return new TrustException(
        TrustException.Reason.MALFORMED,
        "The receipt cannot be read (" + what + "): verify the model again to get a new one.",
        subject,
        cause);
  }

  static String describe(VerificationReceipt receipt) {
    StringBuilder text = new StringBuilder();
    text.append(receipt.title()).append('\n');
    line(text, "verified", receipt.verifiedAt() + " by the device's clock");
    line(text, "method", receipt.method());
    line(text, "signer", receipt.signer());
    line(text, "content", "sha256:" + receipt.rootDigest());
    line(text, "policy", "sha256:" + receipt.policyDigest());
    receipt.checks().forEach(check -> text.append("  - ").append(check).append('\n'));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("  ").append(name).append(" ".repeat(10 - name.length())).append(value);
    text.append('\n');
  }
}
