package io.edgellm.internal.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.EcVerificationKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.OmsFault;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key that can verify.
 *
 * @param material what is the same for two spellings of one key
 * @param verifier the algorithm with the key
 */
public record MetadataKey(String material, Verifier verifier) {
  private static final String ED25519_PREFIX = "302a300506032b6570032100";
  private static final String P256_PREFIX = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
  private static final BigInteger ED25519_PRIME =
      BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final String PEM_BEGIN = "-----BEGIN PUBLIC KEY-----";
  private static final String PEM_END = "-----END PUBLIC KEY-----";

  /** Checks signatures. */
  public interface Verifier {
    /** Returns whether this key made the signature over the message. */
    boolean verifies(byte[] message, byte[] signature);
  }

  /**
   * Reads a key, unless it cannot count: of an algorithm that is not known here, unusable, or
   * listed under an id that is not its own. One bad key then costs its vote and not the whole
   * repository.
   *
   * @param keyId the id under which it is listed
   * @param key the key object
   * @throws JsonFault if a field is missing or of the wrong type
   */
  public static Optional<MetadataKey> read(String keyId, JsonFields key) throws JsonFault {
    if (!Sha256.of(CanonicalForm.of(key.json())).hex().equals(keyId)) {
      return Optional.empty();
    }
    String type = key.text("keytype");
    String scheme = key.text("scheme");
    String value = key.object("keyval").text("public");
    try {
      return switch (scheme) {
        case "ed25519" -> type.equals("ed25519") ? Optional.of(ed25519(value)) : Optional.empty();
        case "ecdsa-sha2-nistp256" ->
            type.equals("ecdsa") || type.equals(scheme) ? ecdsa(value) : Optional.empty();
        case "rsassa-pss-sha256" -> type.equals("rsa") ? rsa(value) : Optional.empty();
        default -> Optional.empty();
      };
    } catch (InvalidKeySpecException | IllegalArgumentException | OmsFault e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java 17 platform has " + scheme + ".", e);
    }
  }

  private static MetadataKey ed25519(String value) throws GeneralSecurityException {
    PublicKey key = publicKey("Ed25519", subjectPublicKey(value, ED25519_PREFIX));
    BigInteger y = ((EdECPublicKey) key).getPoint().getY();
    // A second spelling of the same point would be a second vote of the same person.
    if (y.compareTo(ED25519_PRIME.subtract(BigInteger.ONE)) >= 0 || y.equals(BigInteger.ONE)) {
      throw new InvalidKeySpecException("not a point in its normal form");
    }
    return new MetadataKey(
        "ed25519 " + HexFormat.of().formatHex(key.getEncoded()),
        (message, signature) -> verifies(key, "Ed25519", null, message, signature));
  }

  private static Optional<MetadataKey> ecdsa(String value) throws OmsFault {
    byte[] der = subjectPublicKey(value, P256_PREFIX);
    EcVerificationKey key =
        EcVerificationKey.fromPem(
            PEM_BEGIN + "\n" + Base64.getMimeEncoder().encodeToString(der) + "\n" + PEM_END);
    return key.curve() == EcdsaCurve.P256
        ? Optional.of(new MetadataKey("ecdsa " + key.hint(), key::verifies))
        : Optional.empty();
  }

  private static Optional<MetadataKey> rsa(String value) throws GeneralSecurityException {
    PublicKey key = publicKey("RSA", pem(value));
    BigInteger modulus = ((RSAPublicKey) key).getModulus();
    if (modulus.bitLength() < MIN_RSA_BITS || modulus.bitLength() > MAX_RSA_BITS) {
      return Optional.empty();
    }
    PSSParameterSpec pss = new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);
    return Optional.of(
        new MetadataKey(
            "rsa " + modulus.toString(16),
            (message, signature) -> verifies(key, "RSASSA-PSS", pss, message, signature)));
  }

  private static byte[] subjectPublicKey(String value, String prefix) {
    return value.stripLeading().startsWith("-----")
        ? pem(value)
        : HexFormat.of().parseHex(prefix + value);
  }

  private static byte[] pem(String text) {
    int begin = text.indexOf(PEM_BEGIN);
    int end = text.indexOf(PEM_END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("no PUBLIC KEY in PEM");
    }
    String base64 = text.substring(begin + PEM_BEGIN.length(), end);
    return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
  }

  private static PublicKey publicKey(String algorithm, byte[] der) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
  }

  private static boolean verifies(
      PublicKey key,
      String algorithm,
      @Nullable PSSParameterSpec parameters,
      byte[] message,
      byte[] bytes) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      if (parameters != null) {
        signature.setParameter(parameters);
      }
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(bytes);
    } catch (SignatureException | InvalidKeyException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java 17 platform has " + algorithm + ".", e);
    }
  }
}
