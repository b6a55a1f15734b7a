package io.edgellm.trust.sigstore;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.EcVerificationKey;
import io.edgellm.trust.oms.Octets;
import io.edgellm.trust.oms.OmsFault;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * What a transparency log recorded of a signature with a key: the kinds <i>hashedrekord</i> and
 * <i>dsse</i> of Rekor, versions 0.0.1 and 0.0.2.
 *
 * @param digest SHA-256 of what was signed
 * @param payloadAlone whether the digest is of the payload of an envelope, and not of its encoding
 * @param signature the signature
 * @param keyPem the key, as PEM text in its normal form
 */
record LogEntryBody(Sha256 digest, boolean payloadAlone, Octets signature, String keyPem) {

  static LogEntryBody parse(Octets body) {
    try {
      return parse(JsonFields.of(StrictJson.parse(body.toBytes())));
    } catch (JsonFault e) {
      throw SigstoreException.unreadable("What the log recorded", e);
    }
  }

  private static LogEntryBody parse(JsonFields f) throws JsonFault {
    String kind = f.text("kind") + " " + f.text("apiVersion");
    JsonFields spec = f.object("spec");
    return switch (kind) {
      case "hashedrekord 0.0.1" -> {
        JsonFields signature = spec.object("signature");
        yield new LogEntryBody(
            hexDigest(spec.object("data").object("hash")),
            false,
            SignedBundle.base64(signature, "content"),
            pem(signature.object("publicKey"), "content"));
      }
      case "dsse 0.0.1" -> {
        JsonFields signature = only(spec);
        yield new LogEntryBody(
            hexDigest(spec.object("payloadHash")),
            true,
            SignedBundle.base64(signature, "signature"),
            pem(signature, "verifier"));
      }
      case "hashedrekord 0.0.2" -> {
        JsonFields hashed = spec.object("hashedRekordV002");
        yield version2(hashed.object("data"), false, hashed.object("signature"));
      }
      case "dsse 0.0.2" -> {
        JsonFields dsse = spec.object("dsseV002");
        yield version2(dsse.object("payloadHash"), true, only(dsse));
      }
      default ->
          throw new SigstoreException(
              SigstoreException.Reason.UNSUPPORTED,
              "The log recorded an entry of the kind '" + kind + "', which is not supported.",
              "canonicalizedBody");
    };
  }

  private static LogEntryBody version2(JsonFields data, boolean payloadAlone, JsonFields signature)
      throws JsonFault {
    requireSha256(data, "SHA2_256");
    Octets digest = SignedBundle.base64(data, "digest");
    if (digest.length() != 32) {
      throw SigstoreException.malformed("The log recorded no SHA-256.", data.at("digest"));
    }
    return new LogEntryBody(
        Sha256.of(digest.toBytes(), 0),
        payloadAlone,
        SignedBundle.base64(signature, "content"),
        pemOf(
            SignedBundle.base64(signature.object("verifier").object("publicKey"), "rawBytes")
                .toBytes()));
  }

  private static JsonFields only(JsonFields spec) throws JsonFault {
    List<JsonFields> signatures = spec.objects("signatures");
    if (signatures.size() != 1) {
      throw SigstoreException.malformed(
          "The log recorded " + signatures.size() + " signatures instead of one.",
          spec.at("signatures"));
    }
    return signatures.get(0);
  }

  private static Sha256 hexDigest(JsonFields hash) throws JsonFault {
    requireSha256(hash, "sha256");
    String hex = hash.text("value");
    if (!hex.matches("[0-9a-f]{64}")) {
      throw SigstoreException.malformed("The log recorded no SHA-256.", hash.at("value"));
    }
    return new Sha256(hex);
  }

  private static void requireSha256(JsonFields f, String name) throws JsonFault {
    if (!f.text("algorithm").equals(name)) {
      throw new SigstoreException(
          SigstoreException.Reason.UNSUPPORTED,
          "The log recorded a digest of the kind '" + f.text("algorithm") + "': use SHA-256.",
          f.at("algorithm"));
    }
  }

  private static String pem(JsonFields f, String name) throws JsonFault {
    return normal(new String(SignedBundle.base64(f, name).toBytes(), StandardCharsets.US_ASCII));
  }

  private static String pemOf(byte[] der) {
    return normal(
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END PUBLIC KEY-----\n");
  }

  private static String normal(String pem) {
    try {
      return EcVerificationKey.fromPem(pem).toPem();
    } catch (OmsFault e) {
      throw new SigstoreException(
          SigstoreException.Reason.UNSUPPORTED,
          "The log recorded something else than an elliptic-curve key: " + e.sentence(),
          "canonicalizedBody",
          e);
    }
  }

  /** Refuses an entry that is about another signature. */
  void requireSame(SignedContent content, Sha256 artifact, EcVerificationKey key) {
    if (!digest.equals(expected(content, artifact))
        || !signature.equals(content.signature())
        || !keyPem.equals(key.toPem())) {
      throw new SigstoreException(
          SigstoreException.Reason.BAD_SIGNATURE,
          "The entry of the log is about another signature: sign again.",
          "tlogEntries");
    }
  }

  private Sha256 expected(SignedContent content, Sha256 artifact) {
    if (content instanceof SignedContent.Envelope envelope) {
      return Sha256.of(
          payloadAlone
              ? envelope.dsse().payload().toBytes()
              : envelope.dsse().preAuthenticationEncoding());
    }
    return artifact;
  }
}
