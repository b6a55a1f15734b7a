package io.edgellm.trust.oms;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A private key on one of the three curves, together with its public key.
 *
 * <p>Files hold PKCS#8 (RFC 5958) with the public key inside (RFC 5915), as OpenSSL writes it, so
 * that one file is enough to sign and to name the signer. The JDK neither writes nor derives that
 * public key, hence the encoding here. OpenSSL's older form {@code EC PRIVATE KEY} is read, too.
 */
public final class EcSigningKey implements OmsKey {
  private static final byte[] EC_PUBLIC_KEY = HexFormat.of().parseHex("2a8648ce3d0201");
  private static final byte[] ZERO = {Der.INTEGER, 1, 0};
  private static final byte[] ONE = {Der.INTEGER, 1, 1};
  private static final int PARAMETERS = 0xa0;
  private static final int PUBLIC_KEY = 0xa1;
  private static final int UNCOMPRESSED = 4;

  private final ECPrivateKey privateKey;
  private final ECPublicKey point;
  private final EcVerificationKey publicKey;

  private EcSigningKey(ECPrivateKey privateKey, ECPublicKey point) throws OmsFault {
    this.privateKey = privateKey;
    this.point = point;
    this.publicKey = EcVerificationKey.of(point);
  }

  /** Makes a new key from the platform's strong randomness. */
  public static EcSigningKey generate(EcdsaCurve curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve.jcaName()));
      return of(generator.generateKeyPair());
    } catch (GeneralSecurityException | OmsFault e) {
      throw new IllegalStateException("Every Java platform makes keys on " + curve + ".", e);
    }
  }

  /** Takes a pair of keys of the JDK. */
  public static EcSigningKey of(KeyPair pair) throws OmsFault {
    return new EcSigningKey((ECPrivateKey) pair.getPrivate(), (ECPublicKey) pair.getPublic());
  }

  /** Reads the first private key of a PEM text; what stands around it is ignored. */
  public static EcSigningKey fromPem(String text) throws OmsFault {
    for (Pem block : Pem.blocks(text)) {
      if (block.label().equals("PRIVATE KEY")) {
        return fromPkcs8(new Der(block.content().toBytes()).sequence());
      }
      if (block.label().equals("EC PRIVATE KEY")) {
        return fromEcPrivateKey(new Der(block.content().toBytes()).sequence(), null);
      }
    }
    throw OmsFault.malformed(
        "There is no '-----BEGIN PRIVATE KEY-----' in the key.", (String) null);
  }

  private static EcSigningKey fromPkcs8(Der key) throws OmsFault {
    key.integer();
    Der algorithm = key.sequence();
    if (!Arrays.equals(algorithm.read(Der.OBJECT_IDENTIFIER), EC_PUBLIC_KEY)) {
      throw new OmsFault(
          OmsFault.Kind.UNSUPPORTED, "The private key is not an elliptic-curve key.", null);
    }
    EcdsaCurve curve = EcdsaCurve.of(algorithm.read(Der.OBJECT_IDENTIFIER));
    return fromEcPrivateKey(new Der(key.read(Der.OCTET_STRING)).sequence(), curve);
  }

  private static EcSigningKey fromEcPrivateKey(Der key, @Nullable EcdsaCurve named)
      throws OmsFault {
    key.integer();
    byte[] value = key.read(Der.OCTET_STRING);
    EcdsaCurve curve = named;
    if (key.nextIs(PARAMETERS)) {
      curve = EcdsaCurve.of(new Der(key.read(PARAMETERS)).read(Der.OBJECT_IDENTIFIER));
    }
    if (curve == null || !key.nextIs(PUBLIC_KEY)) {
      throw OmsFault.malformed(
          "The private key does not contain its public key: rewrite it with"
              + " 'openssl pkey -in key.pem -out key.pem'.",
          (String) null);
    }
    byte[] bits = new Der(key.read(PUBLIC_KEY)).read(Der.BIT_STRING);
    return fromValues(curve, new BigInteger(1, value), point(curve, bits));
  }

  private static ECPoint point(EcdsaCurve curve, byte[] bits) throws OmsFault {
    int length = curve.fieldBytes();
    // The first octet of a bit string counts unused bits, the first of the point names its form.
    if (bits.length != 2 + 2 * length || bits[0] != 0 || bits[1] != UNCOMPRESSED) {
      throw OmsFault.malformed(
          "The public key inside the private key is not an uncompressed point.", (String) null);
    }
    return new ECPoint(
        new BigInteger(1, Arrays.copyOfRange(bits, 2, 2 + length)),
        new BigInteger(1, Arrays.copyOfRange(bits, 2 + length, bits.length)));
  }

  private static EcSigningKey fromValues(EcdsaCurve curve, BigInteger value, ECPoint point)
      throws OmsFault {
    try {
      KeyFactory factory = KeyFactory.getInstance("EC");
      EcSigningKey key =
          new EcSigningKey(
              (ECPrivateKey)
                  factory.generatePrivate(new ECPrivateKeySpec(value, curve.parameters())),
              (ECPublicKey) factory.generatePublic(new ECPublicKeySpec(point, curve.parameters())));
      if (!key.publicKey.verifies(EC_PUBLIC_KEY, key.sign(EC_PUBLIC_KEY))) {
        throw OmsFault.malformed(
            "The private key and the public key inside it do not belong together.", (String) null);
      }
      return key;
    } catch (GeneralSecurityException | IllegalStateException e) {
      throw OmsFault.malformed("The private key is not a valid key on " + curve + ".", e);
    }
  }

  @Override
  public EcVerificationKey publicKey() {
    return publicKey;
  }

  /** Signs a message; the signature is an ASN.1 sequence of r and s and differs from run to run. */
  @Override
  public byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance(publicKey.curve().signatureAlgorithm());
      signature.initSign(privateKey);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("The private key cannot sign.", e);
    }
  }

  /** Returns the pair as keys of the JDK. */
  public KeyPair toKeyPair() {
    return new KeyPair(point, privateKey);
  }

  /** Returns the key as PEM text: PKCS#8 with the public key inside. */
  public String toPem() {
    int length = publicKey.curve().fieldBytes();
    byte[] bits = new byte[2 + 2 * length];
    bits[1] = UNCOMPRESSED;
    put(point.getW().getAffineX(), bits, 2, length);
    put(point.getW().getAffineY(), bits, 2 + length, length);
    byte[] value = new byte[length];
    put(privateKey.getS(), value, 0, length);
    byte[] ecPrivateKey =
        Der.element(
            Der.SEQUENCE,
            ONE,
            Der.element(Der.OCTET_STRING, value),
            Der.element(PUBLIC_KEY, Der.element(Der.BIT_STRING, bits)));
    byte[] algorithm =
        Der.element(
            Der.SEQUENCE,
            Der.element(Der.OBJECT_IDENTIFIER, EC_PUBLIC_KEY),
            Der.element(Der.OBJECT_IDENTIFIER, publicKey.curve().objectIdentifier()));
    return new Pem(
            "PRIVATE KEY",
            Octets.of(
                Der.element(
                    Der.SEQUENCE, ZERO, algorithm, Der.element(Der.OCTET_STRING, ecPrivateKey))))
        .text();
  }

  private static void put(BigInteger number, byte[] target, int offset, int length) {
    byte[] bytes = number.toByteArray();
    int n = Math.min(bytes.length, length);
    System.arraycopy(bytes, bytes.length - n, target, offset + length - n, n);
  }
}
