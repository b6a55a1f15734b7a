package io.edgellm.release.keyless;

import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.oms.Der;
import io.edgellm.trust.oms.Octets;
import java.math.BigInteger;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;

/** An authority that says when a signature was there (RFC 3161). */
final class TimestampAuthority {
  private static final byte[] SHA256 = HexFormat.of().parseHex("608648016503040201");
  private static final int BOOLEAN = 0x01;
  private static final int NULL = 0x05;
  private static final int NONCE_BITS = 63;

  private final URI address;
  private final ServiceClient client;
  private final SecureRandom random = new SecureRandom();

  TimestampAuthority(URI address, Duration timeout) {
    this.address = address;
    this.client = new ServiceClient("The time stamp authority", timeout);
  }

  /**
   * Returns its answer for a signature, in DER. Whether it is a time stamp is for the verifier to
   * say.
   *
   * @throws ReleaseException with {@code UNTRUSTED} if it refuses, or {@code UNREACHABLE}
   */
  Octets stamp(Octets signature) {
    return Octets.of(
        client.expect(
            200,
            client.post(
                address,
                "application/timestamp-query",
                "application/timestamp-reply",
                query(signature)),
            ReleaseException.Reason.UNTRUSTED));
  }

  private byte[] query(Octets signature) {
    byte[] algorithm =
        Der.element(Der.SEQUENCE, Der.element(Der.OBJECT_IDENTIFIER, SHA256), Der.element(NULL));
    byte[] imprint =
        Der.element(
            Der.SEQUENCE,
            algorithm,
            Der.element(Der.OCTET_STRING, Sha256.of(signature.toBytes()).bytes()));
    byte[] nonce = new BigInteger(NONCE_BITS, random).toByteArray();
    return Der.element(
        Der.SEQUENCE,
        Der.element(Der.INTEGER, new byte[] {1}),
        imprint,
        Der.element(Der.INTEGER, nonce),
        Der.element(BOOLEAN, new byte[] {(byte) 0xff}));
  }
}
