package io.edgellm.release.tuf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.tuf.CanonicalForm;
import io.edgellm.internal.tuf.MetadataKey;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.oms.Octets;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The public key of somebody who signs metadata, in the form in which metadata lists it.
 *
 * <p>Its id is the SHA-256 of the canonical form of that object, as the reference implementation
 * computes it, so that both give one key one id. Immutable and thread-safe; two keys are equal if
 * their ids are.
 */
public final class TufKey {
  private static final int MAX_PEM_BYTES = 64 << 10;
  private static final int ED25519_BYTES = 32;
  private static final String LABEL = "PUBLIC KEY";

  private final String id;
  private final ObjectNode json;
  private final MetadataKey verifier;

  private TufKey(String id, ObjectNode json, MetadataKey verifier) {
    this.id = id;
    this.json = json;
    this.verifier = verifier;
  }

  /**
   * Takes a key of the JDK or of a provider, for instance of one for PKCS#11.
   *
   * @throws ReleaseException with {@code BAD_KEY} if it is none of {@link TufAlgorithm}
   */
  public static TufKey of(PublicKey key) {
    byte[] der = key.getEncoded();
    if (der == null) {
      throw unusable("it does not give out its public half", null);
    }
    return switch (key.getAlgorithm()) {
      case "EdDSA", "Ed25519" ->
          of(
              TufAlgorithm.ED25519,
              HexFormat.of()
                  .formatHex(Arrays.copyOfRange(der, der.length - ED25519_BYTES, der.length)));
      case "EC" -> of(TufAlgorithm.ECDSA_P256, pem(der));
      case "RSA", "RSASSA-PSS" -> of(TufAlgorithm.RSA_PSS, pem(der));
      default -> throw unusable("its algorithm is " + key.getAlgorithm(), null);
    };
  }

  private static String pem(byte[] der) {
    return new Pem(LABEL, Octets.of(der)).text();
  }

  private static TufKey of(TufAlgorithm algorithm, String value) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("keytype", algorithm.keyType()).put("scheme", algorithm.scheme());
    json.putObject("keyval").put("public", value);
    try {
      String id = Sha256.of(CanonicalForm.of(json)).hex();
      return read(id, JsonFields.of(json))
          .orElseThrow(() -> unusable("it is no key for " + algorithm.scheme(), null));
    } catch (JsonFault e) {
      throw unusable(String.valueOf(e.getMessage()), e);
    }
  }

  /** Reads a key that metadata lists, unless it is one that cannot count here. */
  static Optional<TufKey> read(String id, JsonFields key) throws JsonFault {
    ObjectNode json = (ObjectNode) key.json().deepCopy();
    return MetadataKey.read(id, key).map(verifier -> new TufKey(id, json, verifier));
  }

  /**
   * Reads PEM text with a {@code PUBLIC KEY}, as {@code openssl pkey -pubout} writes it; text
   * around it is ignored.
   *
   * @throws ReleaseException with {@code BAD_KEY}
   */
  public static TufKey fromPem(String text) {
    try {
      for (Pem block : Pem.blocks(text)) {
        if (block.label().equals(LABEL)) {
          return of(publicKey(block.content().toBytes()));
        }
      }
    } catch (OmsFault e) {
      throw unusable(String.valueOf(e.getMessage()), e);
    }
    throw unusable("there is no '-----BEGIN PUBLIC KEY-----' in it", null);
  }

  private static PublicKey publicKey(byte[] der) {
    for (String algorithm : List.of("Ed25519", "EC", "RSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        // Not of this algorithm.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("Every Java 17 platform has " + algorithm + ".", e);
      }
    }
    throw unusable("it is neither Ed25519 nor ECDSA nor RSA", null);
  }

  /**
   * Reads a PEM file of at most 64 KiB.
   *
   * @throws ReleaseException with {@code BAD_KEY} or {@code IO}
   */
  public static TufKey read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return fromPem(new String(in.readNBytes(MAX_PEM_BYTES), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "The public key cannot be read (" + e + "): check the path and the permissions.",
          file.toString(),
          e);
    }
  }

  /** Returns the id: 64 hexadecimal digits. */
  public String id() {
    return id;
  }

  /** Returns the name of the signature scheme in metadata, such as {@code ed25519}. */
  public String scheme() {
    return json.get("scheme").textValue();
  }

  /** Returns the object that metadata lists. */
  ObjectNode json() {
    return json.deepCopy();
  }

  /** Returns what two spellings of one key have in common. */
  String material() {
    return verifier.material();
  }

  boolean verifies(byte[] message, byte[] signature) {
    return verifier.verifier().verifies(message, signature);
  }

  private static ReleaseException unusable(String why, @Nullable Throwable cause) {
    return new ReleaseException(
        ReleaseException.Reason.BAD_KEY,
        "The public key cannot be used ("
            + why
            + "): take one for Ed25519, for ECDSA on P-256, or for RSA with 2048 to 8192 bits.",
        null,
        cause);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof TufKey other && id.equals(other.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return scheme() + " " + id.substring(0, 12);
  }
}
