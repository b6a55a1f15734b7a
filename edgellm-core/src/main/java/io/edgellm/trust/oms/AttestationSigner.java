package io.edgellm.trust.oms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;

/**
 * Signs in-toto statements about a model as its signer signs models, in the same envelope and
 * bundle. Immutable and thread-safe.
 *
 * <p>The statement depends on its parts alone; the signature itself differs from run to run.
 */
public final class AttestationSigner {
  private static final String STATEMENT = "https://in-toto.io/Statement/v1";

  private final OmsSigner signer;

  /**
   * @param signer who signs, with a key or a certificate
   */
  public AttestationSigner(OmsSigner signer) {
    this.signer = signer;
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
    return signer.sign(CanonicalJson.write(statement));
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
