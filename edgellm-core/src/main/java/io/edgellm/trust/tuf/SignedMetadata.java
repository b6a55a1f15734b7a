package io.edgellm.trust.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.internal.tuf.CanonicalForm;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A metadata file, split into what is signed and the signatures, before anybody believes it.
 *
 * <p>The signed bytes are the canonical form of everything under {@code signed}, fields that this
 * client does not know included.
 */
final class SignedMetadata {
  private final String name;
  private final JsonFields signed;
  private final byte[] signedBytes;
  private final Map<String, String> signatures;

  private SignedMetadata(String name, JsonFields signed, Map<String, String> signatures)
      throws JsonFault {
    this.name = name;
    this.signed = signed;
    this.signedBytes = CanonicalForm.of(signed.json());
    this.signatures = signatures;
  }

  /**
   * Splits a file.
   *
   * @param name of the role, for messages
   * @throws TufException with {@code MALFORMED}, also if two signatures name the same key
   */
  static SignedMetadata parse(String name, byte[] raw) {
    try {
      JsonNode json = StrictJson.parse(raw);
      JsonFields document = JsonFields.of(json);
      Map<String, String> signatures = new HashMap<>();
      for (JsonFields signature : document.objects("signatures")) {
        String keyId = signature.text("keyid");
        if (signatures.put(keyId, signature.text("sig")) != null) {
          throw TufException.malformed(name, "two signatures with the key id '" + keyId + "'");
        }
      }
      return new SignedMetadata(name, document.object("signed"), signatures);
    } catch (JsonFault e) {
      throw TufException.malformed(name, e);
    }
  }

  /** Returns the name of the role. */
  String name() {
    return name;
  }

  /** Returns what is signed. */
  JsonFields signed() {
    return signed;
  }

  /** Returns the bytes that signatures are made over; nobody changes them. */
  byte[] signedBytes() {
    return signedBytes;
  }

  /** Returns the signature of a key as it stands in the file, which may be any text. */
  Optional<String> signature(String keyId) {
    return Optional.ofNullable(signatures.get(keyId));
  }
}
