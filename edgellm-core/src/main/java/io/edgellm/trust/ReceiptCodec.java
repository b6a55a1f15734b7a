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
import io.edgellm.trust.time.TrustedTime;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@link VerificationReceipt}. */
final class ReceiptCodec {
  private static final String SCHEMA = "edgellm.receipt/v2";

  private ReceiptCodec() {}

  static byte[] write(VerificationReceipt receipt) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema", SCHEMA);
    root.put("title", receipt.title());
    root.put("method", receipt.method());
    root.put("signer", receipt.signer());
    root.put("identity", receipt.identity());
    root.put("rootDigest", receipt.rootDigest().hex());
    root.put("policyDigest", receipt.policyDigest().hex());
    root.putObject("time")
        .put("now", receipt.time().now().toString())
        .put("floor", receipt.time().floor().toString())
        .put("source", label(receipt.time().source()));
    write(receipt.admission(), root.putObject("admission"));
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
              f.text("identity"),
              new Sha256(f.text("rootDigest")),
              new Sha256(f.text("policyDigest")),
              time(f.object("time")),
              admission(f.object("admission")),
              f.texts("checks"));
      f.end();
      return receipt;
    } catch (JsonFault e) {
      throw malformed(String.valueOf(e.getMessage()), e.path(), e);
    } catch (ModelException | DateTimeException e) {
      throw malformed(String.valueOf(e.getMessage()), "receipt", e);
    }
  }

  private static void write(Admission admission, ObjectNode out) {
    if (admission instanceof Admission.Current current) {
      out.put("kind", "current")
          .put("root", current.root())
          .put("timestamp", current.timestamp())
          .put("snapshot", current.snapshot())
          .put("targets", current.targets())
          .put("checkedAt", current.checkedAt().toString())
          .put("validUntil", current.validUntil().toString())
          .put("graceUsed", current.graceUsed().toString());
    } else if (admission instanceof Admission.Refused refused) {
      out.put("kind", "refused")
          .put("reason", refused.reason().name())
          .put("message", refused.message());
    } else {
      out.put("kind", "signature-alone");
    }
  }

  private static Admission admission(JsonFields f) throws JsonFault {
    Admission admission =
        switch (f.text("kind")) {
          case "current" ->
              new Admission.Current(
                  f.integer("root"),
                  f.integer("timestamp"),
                  f.integer("snapshot"),
                  f.integer("targets"),
                  Instant.parse(f.text("checkedAt")),
                  Instant.parse(f.text("validUntil")),
                  Duration.parse(f.text("graceUsed")));
          case "refused" -> new Admission.Refused(reason(f.text("reason")), f.text("message"));
          case "signature-alone" -> new Admission.SignatureAlone();
          default -> throw malformed("an admission of an unknown kind", "admission", null);
        };
    f.end();
    return admission;
  }

  private static TrustException.Reason reason(String name) {
    for (TrustException.Reason reason : TrustException.Reason.values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    throw malformed("an unknown reason", "admission", null);
  }

  private static TrustedTime time(JsonFields f) throws JsonFault {
    Instant now = Instant.parse(f.text("now"));
    Instant floor = Instant.parse(f.text("floor"));
    TrustedTime.Source source = source(f.text("source"));
    f.end();
    if (now.isBefore(floor)) {
      throw malformed("a time before its floor", "time", null);
    }
    return new TrustedTime(now, floor, source);
  }

  private static String label(TrustedTime.Source source) {
    return source.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static TrustedTime.Source source(String label) {
    for (TrustedTime.Source source : TrustedTime.Source.values()) {
      if (label(source).equals(label)) {
        return source;
      }
    }
    throw malformed("an unknown clock", "time", null);
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
    line(
        text,
        "verified",
        receipt.verifiedAt() + " by the " + label(receipt.time().source()).replace('-', ' '));
    line(text, "method", receipt.method());
    line(text, "signer", receipt.signer() + " (" + receipt.identity() + ")");
    line(text, "admitted", receipt.admission().describe());
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
