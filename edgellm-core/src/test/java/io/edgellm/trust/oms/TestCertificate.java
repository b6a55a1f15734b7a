package io.edgellm.trust.oms;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Makes certificates, which the JDK only reads: an issuer may get everything wrong. */
public record TestCertificate(X500Principal subject, KeyPair keys, Octets der) {
  static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  static final Instant TO = Instant.parse("2027-01-01T00:00:00Z");
  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  static final int DIGITAL_SIGNATURE = 0x80;
  static final int KEY_CERT_SIGN = 0x04;
  static final String CODE_SIGNING = "2b06010505070303";
  static final String SERVER = "2b06010505070301";
  static final String ANY = "551d2500";
  static final int EMAIL = 1;
  static final int DNS = 2;
  static final int URI = 6;

  private static final Map<String, String> SIGNATURES =
      Map.of(
          "SHA256withECDSA", "300a06082a8648ce3d040302",
          "SHA384withECDSA", "300a06082a8648ce3d040303",
          "SHA1withECDSA", "300906072a8648ce3d0401",
          "SHA256withRSA", "300d06092a864886f70d01010b0500",
          "SHA1withRSA", "300d06092a864886f70d0101050500",
          "MD5withRSA", "300d06092a864886f70d0101040500");

  static KeyPair keys(String kind) {
    try {
      String[] parts = kind.split(":", -1);
      KeyPairGenerator generator = KeyPairGenerator.getInstance(parts[0]);
      if (parts[0].equals("EC")) {
        generator.initialize(new ECGenParameterSpec(parts[1]));
      } else if (parts.length > 1) {
        generator.initialize(Integer.parseInt(parts[1]));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Begins a certificate of an authority with nothing above it. */
  public static Builder root(String name) {
    return new Builder(name, null).authority(-1).usage(KEY_CERT_SIGN).keys(keys("EC:secp256r1"));
  }

  /** Begins a certificate of an authority below this one. */
  Builder authority(String name) {
    return new Builder(name, this).authority(-1).usage(KEY_CERT_SIGN).keys(keys("EC:secp256r1"));
  }

  /** Begins a certificate of a signer below this one. */
  public Builder signer(String name) {
    return new Builder(name, this)
        .usage(DIGITAL_SIGNATURE)
        .purposes(CODE_SIGNING)
        .keys(keys("EC:secp256r1"));
  }

  public String pem() {
    return new Pem(SigningChain.LABEL, der).text();
  }

  /** Returns the private key in the form that signers read. */
  public EcSigningKey signingKey() {
    try {
      return EcSigningKey.of(keys);
    } catch (OmsFault e) {
      throw new AssertionError(e);
    }
  }

  /** Collects what a certificate says. */
  public static final class Builder {
    private final X500Principal subject;
    private final @Nullable TestCertificate issuer;
    private final Map<String, byte[]> extensions = new TreeMap<>();
    private KeyPair keys = TestCertificate.keys("EC:secp256r1");
    private String signature = "SHA256withECDSA";
    private Instant from = FROM;
    private Instant to = TO;

    Builder(String name, @Nullable TestCertificate issuer) {
      this.subject = new X500Principal(name);
      this.issuer = issuer;
      if (issuer != null && issuer.keys.getPublic().getAlgorithm().equals("RSA")) {
        signature = "SHA256withRSA";
      }
    }

    Builder keys(KeyPair pair) {
      keys = pair;
      if (issuer == null && pair.getPublic().getAlgorithm().equals("RSA")) {
        signature = "SHA256withRSA";
      }
      return this;
    }

    Builder signedWith(String algorithm) {
      signature = algorithm;
      return this;
    }

    public Builder valid(Instant first, Instant last) {
      from = first;
      to = last;
      return this;
    }

    /** Adds the basic constraints of an authority, with a longest path below it unless negative. */
    Builder authority(int pathLength) {
      byte[] yes = Der.element(1, new byte[] {-1});
      byte[] length =
          pathLength < 0
              ? new byte[0]
              : Der.element(Der.INTEGER, BigInteger.valueOf(pathLength).toByteArray());
      return extension("551d13", true, Der.element(Der.SEQUENCE, yes, length));
    }

    Builder without(String id) {
      extensions.remove(id);
      return this;
    }

    Builder usage(int bits) {
      return extension("551d0f", true, Der.element(Der.BIT_STRING, new byte[] {0, (byte) bits}));
    }

    Builder purposes(String... ids) {
      List<byte[]> purposes = new ArrayList<>();
      for (String id : ids) {
        purposes.add(Der.element(Der.OBJECT_IDENTIFIER, hex(id)));
      }
      return extension("551d25", true, Der.element(Der.SEQUENCE, purposes.toArray(byte[][]::new)));
    }

    Builder alternativeName(int type, String name) {
      byte[] text = name.getBytes(StandardCharsets.US_ASCII);
      return extension("551d11", false, Der.element(Der.SEQUENCE, Der.element(0x80 | type, text)));
    }

    /** Limits an authority to the hosts below a domain. */
    Builder onlyHosts(String domain) {
      byte[] base = Der.element(0x82, domain.getBytes(StandardCharsets.US_ASCII));
      byte[] permitted = Der.element(0xa0, Der.element(Der.SEQUENCE, base));
      return extension("551d1e", true, Der.element(Der.SEQUENCE, permitted));
    }

    Builder extension(String id, boolean critical, byte[] value) {
      extensions.put(
          id,
          Der.element(
              Der.SEQUENCE,
              Der.element(Der.OBJECT_IDENTIFIER, hex(id)),
              critical ? Der.element(1, new byte[] {-1}) : new byte[0],
              Der.element(Der.OCTET_STRING, value)));
      return this;
    }

    /** Signs it. */
    public TestCertificate build() {
      PrivateKey key = issuer == null ? keys.getPrivate() : issuer.keys.getPrivate();
      X500Principal above = issuer == null ? subject : issuer.subject;
      byte[] algorithm = hex(String.valueOf(SIGNATURES.get(signature)));
      byte[] body =
          Der.element(
              Der.SEQUENCE,
              Der.element(0xa0, Der.element(Der.INTEGER, new byte[] {2})),
              Der.element(Der.INTEGER, BigInteger.valueOf(4711).toByteArray()),
              algorithm,
              above.getEncoded(),
              Der.element(Der.SEQUENCE, time(from), time(to)),
              subject.getEncoded(),
              keys.getPublic().getEncoded(),
              Der.element(
                  0xa3, Der.element(Der.SEQUENCE, extensions.values().toArray(byte[][]::new))));
      byte[] bits = sign(key, body);
      byte[] der =
          Der.element(
              Der.SEQUENCE, body, algorithm, Der.element(Der.BIT_STRING, new byte[1], bits));
      return new TestCertificate(subject, keys, Octets.of(der));
    }

    private byte[] sign(PrivateKey key, byte[] body) {
      try {
        Signature signer = Signature.getInstance(signature);
        signer.initSign(key);
        signer.update(body);
        return signer.sign();
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    private static byte[] time(Instant instant) {
      String text =
          DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC).format(instant);
      return Der.element(0x18, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] hex(String digits) {
      return HexFormat.of().parseHex(digits);
    }
  }
}
