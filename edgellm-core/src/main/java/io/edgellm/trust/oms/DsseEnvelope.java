package io.edgellm.trust.oms;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A signed payload (<a href="https://github.com/secure-systems-lab/dsse">DSSE v1.0</a>) with its
 * one signature.
 *
 * @param payloadType what the payload is
 * @param payload the payload
 * @param signature the signature over {@link #preAuthenticationEncoding()}
 */
public record DsseEnvelope(String payloadType, Octets payload, Octets signature) {

  /** The payload type of in-toto statements, the only one of model signatures. */
  public static final String IN_TOTO = "application/vnd.in-toto+json";

  /** Returns the bytes that are signed: type and payload, each with its length. */
  public byte[] preAuthenticationEncoding() {
    return preAuthenticationEncoding(payloadType, payload.toBytes());
  }

  /** Refuses the envelope unless a key made its signature. */
  void requireSignedBy(EcVerificationKey key) throws OmsFault {
    if (!key.verifies(preAuthenticationEncoding(), signature.toBytes())) {
      throw new OmsFault(
          OmsFault.Kind.BAD_SIGNATURE,
          "The signature does not verify: it was changed, or made with another key. Fetch the"
              + " release again.",
          null);
    }
  }

  /** Returns the bytes that are signed of a payload of some type. */
  public static byte[] preAuthenticationEncoding(String payloadType, byte[] payload) {
    byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + type.length + 32);
    out.writeBytes(ascii("DSSEv1 " + type.length + " "));
    out.writeBytes(type);
    out.writeBytes(ascii(" " + payload.length + " "));
    out.writeBytes(payload);
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
