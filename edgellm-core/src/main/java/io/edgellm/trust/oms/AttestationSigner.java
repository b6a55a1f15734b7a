package io.edgellm.trust.oms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;

/**
 * Signs in-toto statements about a model with a key, in the envelope and the bundle of model
 * signatures. Immutable and thread-safe.
 *
 * <p>The statement depends on its parts alone; the signature itself differs from run to run.
 */
public final class AttestationSigner {
  private static final String STATEMENT = "https://in-toto.io/Statement/v1";

  private final EcSigningKey key;

  /**
   * @param key the key to sign with
   */
  public AttestationSigner(EcSigningKey key) {
    this.key = key;
  }

  /**
   * Signs a statement, and returns the bundle as one line without its end.
   *
   * @param predicateType what kind of thing is said
   * @param predicate what is said, a JSON object
   * @param name a name of the subject for people
   * @param subject its SHA-256; of a model, the root digest of its signature
   * @throws OmsFault with {@code MALFORMED} if the predicate is not a JSON object
   */
  public byte[] sign(String predicateType, byte[] predicate, String name, Sha256 subject)
      throws OmsFault {
    ObjectNode statement = JsonNodeFactory.instance.objectNode();
    statement.put("_type", STATEMENT);
    statement
        .putArray("subject")
        .addObject()
        .put("name", name)
        .putObject("digest")
        .put("sha256", subject.hex());
    statement.put("predicateType", predicateType);
    statement.set("predicate", object(predicate));
    byte[] payload = CanonicalJson.write(statement);
    byte[] signature =
        key.sign(DsseEnvelope.preAuthenticationEncoding(DsseEnvelope.IN_TOTO, payload));
    return SignatureBundle.write(
        key.publicKey().hint().hex(),
        new DsseEnvelope(DsseEnvelope.IN_TOTO, Octets.of(payload), Octets.of(signature)));
  }

  private static JsonNode object(byte[] predicate) throws OmsFault {
    try {
      JsonNode json = StrictJson.parse(predicate);
      if (json.isObject()) {
        return json;
      }
      throw OmsFault.malformed("What is attested is not a JSON object.", "predicate");
    } catch (JsonFault e) {
      throw SignatureBundle.malformed(e);
    }
  }
}
