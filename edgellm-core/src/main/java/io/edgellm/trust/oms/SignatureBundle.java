package io.edgellm.trust.oms;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * The content of a signature file: a <a
 * href="https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto">Sigstore
 * bundle v0.3</a> around a DSSE envelope with exactly one signature. Parsing proves nothing.
 *
 * @param json its own bytes, for methods whose proof is more than the material
 * @param material what it says about who signed
 * @param envelope what was signed
 */
public record SignatureBundle(Octets json, VerificationMaterial material, DsseEnvelope envelope) {

  /** The largest signature file that is read: 8 MiB, about 40 000 files. */
  public static final int MAX_BYTES = 8 << 20;

  static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
  private static final Set<String> MEDIA_TYPES =
      Set.of(MEDIA_TYPE, "application/vnd.dev.sigstore.bundle+json;version=0.3");

  /** Parses a signature file. */
  public static SignatureBundle parse(byte[] json) throws OmsFault {
    if (json.length > MAX_BYTES) {
      throw OmsFault.malformed(
          "The signature has " + json.length + " bytes; more than 8 MiB is not a signature.",
          (String) null);
    }
    try {
      JsonFields bundle = JsonFields.of(StrictJson.parse(json));
      if (!MEDIA_TYPES.contains(bundle.text("mediaType"))) {
        throw OmsFault.malformed(
            "The signature is not a Sigstore bundle v0.3: sign with OpenSSF Model Signing v1.0.",
            "mediaType");
      }
      VerificationMaterial material = material(bundle.object("verificationMaterial"));
      DsseEnvelope envelope = envelope(bundle.object("dsseEnvelope"));
      bundle.end();
      return new SignatureBundle(Octets.of(json), material, envelope);
    } catch (JsonFault e) {
      throw malformed(e);
    }
  }

  /** Reads what was signed; whether it was is for a {@link MethodVerifier} to say. */
  public Statement statement() throws OmsFault {
    return Statement.parse(envelope.payload().toBytes());
  }

  static OmsFault malformed(JsonFault e) {
    return new OmsFault(
        OmsFault.Kind.MALFORMED,
        "The signature is malformed at " + e.path() + ": " + e.getMessage() + ".",
        e.path(),
        e);
  }

  private static VerificationMaterial material(JsonFields f) throws JsonFault, OmsFault {
    List<VerificationMaterial> found = new ArrayList<>();
    if (f.has("publicKey")) {
      found.add(publicKey(f.object("publicKey")));
    }
    if (f.has("x509CertificateChain")) {
      found.add(chain(f.object("x509CertificateChain")));
    }
    if (f.has("certificate")) {
      found.add(sigstore(f));
    }
    // Known, and of no use to a key or a certificate.
    f.has("tlogEntries");
    f.has("timestampVerificationData");
    f.end();
    if (found.size() != 1) {
      throw OmsFault.malformed(
          "A signature names its signer in exactly one way, this one in " + found.size() + ".",
          "verificationMaterial");
    }
    return found.get(0);
  }

  private static VerificationMaterial publicKey(JsonFields f) throws JsonFault {
    String hint = f.textOrNull("hint");
    // The key itself, as older signers wrote it: known, and never believed.
    f.has("rawBytes");
    f.has("keyDetails");
    f.end();
    return new VerificationMaterial.PublicKey(hint == null || hint.isEmpty() ? null : hint);
  }

  private static VerificationMaterial chain(JsonFields f) throws JsonFault, OmsFault {
    List<Octets> chain = new ArrayList<>();
    for (JsonFields certificate : f.objects("certificates")) {
      chain.add(base64(certificate, "rawBytes"));
      certificate.end();
    }
    f.end();
    if (chain.isEmpty()) {
      throw OmsFault.malformed("The certificate chain is empty.", f.at("certificates"));
    }
    return new VerificationMaterial.CertificateChain(chain);
  }

  private static VerificationMaterial sigstore(JsonFields material) throws JsonFault, OmsFault {
    if (material.objects("tlogEntries").isEmpty()) {
      throw OmsFault.malformed(
          "A keyless signature without an entry of a transparency log proves nothing.",
          material.at("tlogEntries"));
    }
    JsonFields f = material.object("certificate");
    Octets certificate = base64(f, "rawBytes");
    f.end();
    return new VerificationMaterial.SigstoreCertificate(certificate);
  }

  private static DsseEnvelope envelope(JsonFields f) throws JsonFault, OmsFault {
    String payloadType = f.text("payloadType");
    if (!payloadType.equals(DsseEnvelope.IN_TOTO)) {
      throw OmsFault.malformed(
          "What was signed is not an in-toto statement but '" + payloadType + "'.",
          f.at("payloadType"));
    }
    Octets payload = base64(f, "payload");
    List<JsonFields> signatures = f.objects("signatures");
    if (signatures.size() != 1) {
      throw OmsFault.malformed(
          "A model signature has exactly one signature, this one has " + signatures.size() + ".",
          f.at("signatures"));
    }
    JsonFields signature = signatures.get(0);
    Octets octets = base64(signature, "sig");
    signature.textOrNull("keyid");
    signature.end();
    f.end();
    return new DsseEnvelope(payloadType, payload, octets);
  }

  private static Octets base64(JsonFields f, String name) throws JsonFault, OmsFault {
    try {
      return Octets.of(Base64.getDecoder().decode(f.text(name)));
    } catch (IllegalArgumentException e) {
      throw new OmsFault(
          OmsFault.Kind.MALFORMED, "'" + f.at(name) + "' is not valid base64.", f.at(name), e);
    }
  }

  /** Writes a bundle that a key made, in the current form of the specification. */
  static byte[] write(String hint, DsseEnvelope envelope) {
    return write(new VerificationMaterial.PublicKey(hint), envelope);
  }

  /** Writes a bundle in the current form of the specification. */
  static byte[] write(VerificationMaterial material, DsseEnvelope envelope) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("mediaType", MEDIA_TYPE);
    ObjectNode out = root.putObject("verificationMaterial");
    if (material instanceof VerificationMaterial.PublicKey key) {
      out.putObject("publicKey").put("hint", key.hint());
    } else if (material instanceof VerificationMaterial.CertificateChain x509) {
      ArrayNode certificates = out.putObject("x509CertificateChain").putArray("certificates");
      x509.chain().forEach(c -> certificates.addObject().put("rawBytes", base64(c)));
    }
    // Readers made from the protocol-buffer definition expect the list.
    out.putArray("tlogEntries");
    ObjectNode dsse = root.putObject("dsseEnvelope");
    dsse.put("payloadType", envelope.payloadType());
    dsse.put("payload", base64(envelope.payload()));
    dsse.putArray("signatures")
        .addObject()
        .put("keyid", "")
        .put("sig", base64(envelope.signature()));
    return CanonicalJson.write(root);
  }

  private static String base64(Octets octets) {
    return Base64.getEncoder().encodeToString(octets.toBytes());
  }
}
