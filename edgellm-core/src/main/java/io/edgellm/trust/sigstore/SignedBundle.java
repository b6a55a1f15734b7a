package io.edgellm.trust.sigstore;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.DsseEnvelope;
import io.edgellm.trust.oms.Octets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * A <a
 * href="https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto">Sigstore
 * bundle</a> of the versions 0.1 to 0.3. Parsing proves nothing.
 *
 * <p>Stricter than a parser made from the protocol-buffer definition, so that no two readers see
 * two bundles: no field twice or under its other spelling, no unknown field, one spelling of
 * base64, one signer, one content, one signature, one log entry at most. What is handed on to
 * sigstore-java is not what came in but {@link #toJson()}, written from what was understood.
 */
record SignedBundle(
    JsonNode json,
    SigningMaterial material,
    List<LogEntry> logEntries,
    List<Octets> timestamps,
    SignedContent content) {

  private static final int MAX_TIMESTAMPS = 8;
  private static final int MAX_CERTIFICATES = 8;
  private static final int DIGEST_BYTES = 32;
  private static final Set<String> MEDIA_TYPES =
      Set.of(
          "application/vnd.dev.sigstore.bundle+json;version=0.1",
          "application/vnd.dev.sigstore.bundle+json;version=0.2",
          "application/vnd.dev.sigstore.bundle+json;version=0.3",
          "application/vnd.dev.sigstore.bundle.v0.3+json");

  SignedBundle {
    logEntries = List.copyOf(logEntries);
    timestamps = List.copyOf(timestamps);
  }

  static SignedBundle parse(byte[] bytes) {
    if (bytes.length > SigstoreVerifier.MAX_BUNDLE_BYTES) {
      throw SigstoreException.malformed(
          "The bundle has " + bytes.length + " bytes; more than 8 MiB is not a signature.", null);
    }
    try {
      return parse(StrictJson.parse(bytes));
    } catch (JsonFault e) {
      throw SigstoreException.unreadable("The bundle", e);
    }
  }

  private static SignedBundle parse(JsonNode json) throws JsonFault {
    JsonFields bundle = JsonFields.of(json);
    if (!MEDIA_TYPES.contains(bundle.text("mediaType"))) {
      throw new SigstoreException(
          SigstoreException.Reason.UNSUPPORTED,
          "'" + bundle.text("mediaType") + "' is not a Sigstore bundle of version 0.1 to 0.3.",
          "mediaType");
    }
    JsonFields f = bundle.object("verificationMaterial");
    SigningMaterial material = material(f);
    List<LogEntry> entries = logEntries(f);
    List<Octets> timestamps = timestamps(f);
    f.end();
    SignedContent content = content(bundle);
    bundle.end();
    return new SignedBundle(json, material, entries, timestamps, content);
  }

  private static SigningMaterial material(JsonFields f) throws JsonFault {
    List<SigningMaterial> found = new ArrayList<>();
    if (f.has("publicKey")) {
      JsonFields key = f.object("publicKey");
      // How the bundle names the key, or the key itself: known, and never believed.
      key.textOrNull("hint");
      key.has("rawBytes");
      key.has("keyDetails");
      key.end();
      found.add(new SigningMaterial.Key());
    }
    if (f.has("x509CertificateChain")) {
      JsonFields chain = f.object("x509CertificateChain");
      found.add(certificates(chain.objects("certificates"), chain.at("certificates")));
      chain.end();
    }
    if (f.has("certificate")) {
      found.add(certificates(List.of(f.object("certificate")), f.at("certificate")));
    }
    if (found.size() != 1) {
      throw SigstoreException.malformed(
          "A bundle names its signer in exactly one way, this one in " + found.size() + ".",
          "verificationMaterial");
    }
    return found.get(0);
  }

  private static SigningMaterial certificates(List<JsonFields> list, String path) throws JsonFault {
    if (list.isEmpty() || list.size() > MAX_CERTIFICATES) {
      throw SigstoreException.malformed(
          "A bundle has 1 to " + MAX_CERTIFICATES + " certificates, not " + list.size() + ".",
          path);
    }
    List<Octets> chain = new ArrayList<>();
    for (JsonFields certificate : list) {
      chain.add(base64(certificate, "rawBytes"));
      certificate.end();
    }
    return new SigningMaterial.Certificates(chain);
  }

  private static List<LogEntry> logEntries(JsonFields f) throws JsonFault {
    List<LogEntry> entries = new ArrayList<>();
    if (f.has("tlogEntries")) {
      List<JsonFields> list = f.objects("tlogEntries");
      if (list.size() > 1) {
        throw new SigstoreException(
            SigstoreException.Reason.UNSUPPORTED,
            "The bundle has " + list.size() + " log entries; only one can be verified.",
            f.at("tlogEntries"));
      }
      for (JsonFields entry : list) {
        entries.add(LogEntry.parse(entry));
      }
    }
    return entries;
  }

  private static List<Octets> timestamps(JsonFields f) throws JsonFault {
    List<Octets> timestamps = new ArrayList<>();
    if (f.has("timestampVerificationData")) {
      JsonFields data = f.object("timestampVerificationData");
      if (data.has("rfc3161Timestamps")) {
        for (JsonFields timestamp : data.objects("rfc3161Timestamps")) {
          timestamps.add(base64(timestamp, "signedTimestamp"));
          timestamp.end();
        }
      }
      data.end();
    }
    if (timestamps.size() > MAX_TIMESTAMPS) {
      throw SigstoreException.malformed(
          "A bundle has at most " + MAX_TIMESTAMPS + " time stamps.",
          f.at("timestampVerificationData"));
    }
    return timestamps;
  }

  private static SignedContent content(JsonFields bundle) throws JsonFault {
    if (bundle.has("dsseEnvelope") == bundle.has("messageSignature")) {
      throw SigstoreException.malformed(
          "A bundle has either an envelope or the signature of a message.", null);
    }
    return bundle.has("dsseEnvelope")
        ? envelope(bundle.object("dsseEnvelope"))
        : message(bundle.object("messageSignature"));
  }

  private static SignedContent envelope(JsonFields f) throws JsonFault {
    String payloadType = f.text("payloadType");
    if (!payloadType.equals(DsseEnvelope.IN_TOTO)) {
      throw new SigstoreException(
          SigstoreException.Reason.UNSUPPORTED,
          "What was signed is not an in-toto statement but '" + payloadType + "'.",
          f.at("payloadType"));
    }
    Octets payload = base64(f, "payload");
    List<JsonFields> signatures = f.objects("signatures");
    if (signatures.size() != 1) {
      throw SigstoreException.malformed(
          "A bundle has exactly one signature, this one has " + signatures.size() + ".",
          f.at("signatures"));
    }
    JsonFields signature = signatures.get(0);
    Octets octets = base64(signature, "sig");
    signature.textOrNull("keyid");
    signature.end();
    f.end();
    return new SignedContent.Envelope(new DsseEnvelope(payloadType, payload, octets));
  }

  private static SignedContent message(JsonFields f) throws JsonFault {
    Octets signature = base64(f, "signature");
    Sha256 digest = null;
    if (f.has("messageDigest")) {
      JsonFields d = f.object("messageDigest");
      if (!d.text("algorithm").equals("SHA2_256")) {
        throw new SigstoreException(
            SigstoreException.Reason.UNSUPPORTED,
            "The message was hashed with '" + d.text("algorithm") + "': sign with SHA-256.",
            d.at("algorithm"));
      }
      Octets octets = base64(d, "digest");
      if (octets.length() != DIGEST_BYTES) {
        throw SigstoreException.malformed(
            "The digest of the message is no SHA-256.", d.at("digest"));
      }
      digest = Sha256.of(octets.toBytes(), 0);
      d.end();
    }
    f.end();
    return new SignedContent.Message(signature, digest);
  }

  static Octets base64(JsonFields f, String name) throws JsonFault {
    return base64(f.text(name), f.at(name));
  }

  static Octets base64(String text, String path) {
    try {
      return Octets.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new SigstoreException(
          SigstoreException.Reason.MALFORMED, "'" + path + "' is not valid base64.", path, e);
    }
  }

  /** Returns the bundle as JSON. */
  String toJson() {
    return new String(CanonicalJson.write(json), StandardCharsets.UTF_8);
  }
}
