package io.edgellm.release.keyless;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.Octets;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.Pem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Fulcio: certifies, for some minutes, that a key belongs to an account (<a
 * href="https://github.com/sigstore/fulcio/blob/main/fulcio.proto">its interface v2</a>).
 */
final class CertificateAuthority {
  private static final String JSON = "application/json";

  private final URI address;
  private final ServiceClient client;

  CertificateAuthority(SigstoreServices services) {
    this.address = URI.create(services.certificateAuthority() + "/api/v2/signingCert");
    this.client = new ServiceClient("The certificate authority", services.timeout());
  }

  /**
   * Returns the certificate of a key, in DER.
   *
   * @throws ReleaseException with {@code IDENTITY} if the authority refuses the token, {@code
   *     UNTRUSTED} if it answers something else than a logged certificate, or {@code UNREACHABLE}
   */
  Octets certify(EcSigningKey key, IdentityToken token) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.putObject("credentials").put("oidcIdentityToken", token.text());
    ObjectNode asked = request.putObject("publicKeyRequest");
    asked.putObject("publicKey").put("algorithm", "ECDSA").put("content", key.publicKey().toPem());
    byte[] proof = key.sign(token.subject().getBytes(StandardCharsets.UTF_8));
    asked.put("proofOfPossession", Base64.getEncoder().encodeToString(proof));
    return certificate(
        client.expect(
            200,
            client.post(address, JSON, JSON, CanonicalJson.write(request)),
            ReleaseException.Reason.IDENTITY));
  }

  private Octets certificate(byte[] answer) {
    try {
      JsonFields fields = JsonFields.of(StrictJson.parse(answer));
      if (!fields.has("signedCertificateEmbeddedSct")) {
        throw untrusted("its certificate has no embedded proof of having been logged", null);
      }
      List<String> chain =
          fields.object("signedCertificateEmbeddedSct").object("chain").texts("certificates");
      for (Pem block : Pem.blocks(chain.isEmpty() ? "" : chain.get(0))) {
        if (block.label().equals("CERTIFICATE")) {
          return block.content();
        }
      }
      throw untrusted("there is no certificate in it", null);
    } catch (JsonFault | OmsFault e) {
      throw untrusted(String.valueOf(e.getMessage()), e);
    }
  }

  private ReleaseException untrusted(String why, @Nullable Exception cause) {
    return new ReleaseException(
        ReleaseException.Reason.UNTRUSTED,
        "The answer of the certificate authority cannot be used (" + why + "): nothing was signed.",
        address.getHost(),
        cause);
  }
}
