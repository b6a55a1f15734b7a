package io.edgellm.trust.oms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;

/**
 * What somebody says about a model, as an in-toto statement v1 for the envelope and bundle in which
 * models are signed. The same parts always give the same bytes.
 *
 * @param predicateType what kind of thing is said
 * @param predicate what is said, a JSON object
 * @param name a name of the subject for people
 * @param subject its SHA-256; of a model, the root digest of its signature
 */
public record AttestationStatement(
    String predicateType, String predicate, String name, Sha256 subject) {
  private static final String STATEMENT = "https://in-toto.io/Statement/v1";

  /**
   * Returns the canonical JSON.
   *
   * @throws OmsFault with {@code MALFORMED} if the predicate is not a JSON object
   */
  public byte[] toJson() throws OmsFault {
    ObjectNode statement = JsonNodeFactory.instance.objectNode();
    statement.put("_type", STATEMENT);
    statement
        .putArray("subject")
        .addObject()
        .put("name", name)
        .putObject("digest")
        .put("sha256", subject.hex());
    statement.put("predicateType", predicateType);
    statement.set("predicate", predicateObject());
    return CanonicalJson.write(statement);
  }

  private JsonNode predicateObject() throws OmsFault {
    try {
      JsonNode json = StrictJson.parse(predicate.getBytes(StandardCharsets.UTF_8));
      if (json.isObject()) {
        return json;
      }
      throw OmsFault.malformed("What is attested is not a JSON object.", "predicate");
    } catch (JsonFault e) {
      throw SignatureBundle.malformed(e);
    }
  }
}
