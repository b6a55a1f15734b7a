package io.edgellm.release.tuf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.internal.tuf.CanonicalForm;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The metadata of one role with the signatures that it has so far. Immutable; the same content and
 * signatures give the same bytes.
 */
final class MetadataDocument {
  static final String SPEC_VERSION = "1.0.34";

  private final String role;
  private final ObjectNode signed;
  private final byte[] signedBytes;
  private final Map<String, String> signatures;
  private final long version;
  private final Instant expires;

  private MetadataDocument(String role, ObjectNode signed, Map<String, String> signatures)
      throws JsonFault {
    this.role = role;
    this.signed = signed;
    this.signedBytes = CanonicalForm.of(signed);
    this.signatures = new TreeMap<>(signatures);
    JsonFields fields = JsonFields.of(signed);
    this.version = fields.integer("version");
    try {
      this.expires = Instant.parse(fields.text("expires"));
    } catch (DateTimeException e) {
      throw new JsonFault(JsonFault.Kind.MALFORMED, "expires", "it is not a time", e);
    }
  }

  /** Reads a metadata file. */
  static MetadataDocument parse(String role, byte[] json) throws JsonFault {
    JsonFields document = JsonFields.of(StrictJson.parse(json));
    Map<String, String> signatures = new TreeMap<>();
    for (JsonFields signature : document.objects("signatures")) {
      signatures.put(signature.text("keyid"), signature.text("sig"));
    }
    return new MetadataDocument(
        role, (ObjectNode) document.object("signed").json().deepCopy(), signatures);
  }

  /** Makes a version that nobody has signed. */
  static MetadataDocument unsigned(
      String role, ObjectNode content, long version, Instant now, Duration validity) {
    ObjectNode signed = content.deepCopy();
    signed.put("_type", RoleName.TOP_LEVEL.contains(role) ? role : RoleName.TARGETS);
    signed.put("spec_version", SPEC_VERSION);
    signed.put("version", version);
    signed.put("expires", seconds(now).plus(validity).toString());
    try {
      return new MetadataDocument(role, signed, Map.of());
    } catch (JsonFault e) {
      throw new IllegalStateException("Our own metadata has a canonical form.", e);
    }
  }

  /** Returns content without anything in it. */
  static ObjectNode content() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Drops what metadata does not write. */
  static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  String role() {
    return role;
  }

  long version() {
    return version;
  }

  Instant expires() {
    return expires;
  }

  /** Returns a copy of what is signed, to make the next version of it. */
  ObjectNode signed() {
    return signed.deepCopy();
  }

  /** Returns what is signed, to be read. */
  JsonFields fields() throws JsonFault {
    return JsonFields.of(signed);
  }

  /** Returns the bytes that signatures are made over. */
  byte[] signedBytes() {
    return signedBytes.clone();
  }

  Sha256 signedDigest() {
    return Sha256.of(signedBytes);
  }

  /** Returns whether a key has signed. */
  boolean isSignedBy(TufKey key) {
    return signature(key).filter(s -> key.verifies(signedBytes, s)).isPresent();
  }

  private Optional<byte[]> signature(TufKey key) {
    try {
      return Optional.ofNullable(signatures.get(key.id())).map(HexFormat.of()::parseHex);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Adds a signature.
   *
   * @throws ReleaseException with {@code BAD_KEY} if it is not one over this by that key
   */
  MetadataDocument with(TufKey key, byte[] signature) {
    if (!key.verifies(signedBytes, signature)) {
      throw new ReleaseException(
          ReleaseException.Reason.BAD_KEY,
          "What should be the signature of "
              + key
              + " over version "
              + version
              + " of '"
              + role
              + "' is none: sign again, with the right key and the bytes as they are.",
          role);
    }
    Map<String, String> more = new TreeMap<>(signatures);
    more.put(key.id(), HexFormat.of().formatHex(signature));
    try {
      return new MetadataDocument(role, signed, more);
    } catch (JsonFault e) {
      throw new IllegalStateException("It had a canonical form before.", e);
    }
  }

  /** Returns the bytes of the file. */
  byte[] toJson() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ArrayNode list = document.putArray("signatures");
    signatures.forEach((id, value) -> list.addObject().put("keyid", id).put("sig", value));
    document.set("signed", signed);
    return CanonicalJson.write(document);
  }

  /** Returns how snapshot and timestamp list it: version, length and hash. */
  ObjectNode listing() {
    byte[] file = toJson();
    ObjectNode listing = JsonNodeFactory.instance.objectNode();
    listing.put("version", version).put("length", file.length);
    listing.putObject("hashes").put("sha256", Sha256.of(file).hex());
    return listing;
  }
}
