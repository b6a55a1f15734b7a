package io.edgellm.trust.sigstore;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.model.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An own Sigstore: certificate authority, log of certificates, transparency log (Rekor 1) and time
 * stamp authority, all honest. What is dishonest about a bundle, a test says through {@link Order}.
 */
@SuppressWarnings("JavaUtilDate") // What certificates speak.
final class TestSigstore {
  static final String ISSUER = "https://accounts.test";
  static final String ALICE = "alice@models.test";
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LOG = "rekor.test";
  private static final X500Name AUTHORITY = new X500Name("CN=authority,O=test");
  private static final ASN1ObjectIdentifier SCT =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2");

  private final KeyPair authority = newKey();
  private final KeyPair certificateLog = newKey();
  private final KeyPair log = newKey();
  private final KeyPair timeAuthority = newKey();
  private final X509CertificateHolder authorityCertificate =
      certificate(authority, new KeyUsage(KeyUsage.keyCertSign), null);
  private final X509CertificateHolder timeCertificate =
      certificate(
          timeAuthority,
          new KeyUsage(KeyUsage.digitalSignature),
          new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));

  /**
   * What to sign, and how.
   *
   * @param subject the account
   * @param certifiedAt when the certificate begins; it counts for ten minutes
   * @param loggedAt the time that the log says
   * @param promise whether the log signs that time
   * @param stampedAt the time that the time stamp authority signs, or null for no time stamp
   */
  record Order(
      String issuer,
      String subject,
      Instant certifiedAt,
      Instant loggedAt,
      boolean promise,
      @Nullable Instant stampedAt) {

    static Order ordinary() {
      return new Order(ISSUER, ALICE, NOON, NOON.plusSeconds(5), true, null);
    }

    Order by(String issuer, String subject) {
      return new Order(issuer, subject, certifiedAt, loggedAt, promise, stampedAt);
    }

    Order loggedAt(Instant time) {
      return new Order(issuer, subject, certifiedAt, time, promise, stampedAt);
    }

    Order withoutPromise() {
      return new Order(issuer, subject, certifiedAt, loggedAt, false, stampedAt);
    }

    Order stampedAt(Instant time) {
      return new Order(issuer, subject, certifiedAt, loggedAt, promise, time);
    }
  }

  static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pem(KeyPair key) {
    return pem("PUBLIC KEY", key.getPublic().getEncoded());
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  SigstoreTrustRoot root() {
    return SigstoreTrustRoot.of(bytes(rootJson()));
  }

  /** Returns the trusted root for a test to change. */
  ObjectNode rootJson() {
    ObjectNode root = JSON.createObjectNode();
    root.put("mediaType", "application/vnd.dev.sigstore.trustedroot+json;version=0.1");
    addLog(root, "tlogs", log, "https://" + LOG);
    addLog(root, "ctlogs", certificateLog, "https://ct.test");
    addAuthority(root, "certificateAuthorities", authorityCertificate);
    addAuthority(root, "timestampAuthorities", timeCertificate);
    return root;
  }

  private static void addLog(ObjectNode root, String name, KeyPair key, String url) {
    ObjectNode entry = root.putArray(name).addObject();
    entry.put("baseUrl", url).put("hashAlgorithm", "SHA2_256");
    ObjectNode publicKey = entry.putObject("publicKey");
    publicKey.put("rawBytes", base64(key.getPublic().getEncoded()));
    publicKey.put("keyDetails", "PKIX_ECDSA_P256_SHA_256");
    publicKey.putObject("validFor").put("start", "2026-01-01T00:00:00Z");
    entry.putObject("logId").put("keyId", base64(id(key)));
  }

  private static void addAuthority(ObjectNode root, String name, X509CertificateHolder holder) {
    ObjectNode entry = root.putArray(name).addObject();
    entry.putObject("subject").put("organization", "test").put("commonName", "authority");
    entry.put("uri", "https://" + name + ".test");
    entry
        .putObject("certChain")
        .putArray("certificates")
        .addObject()
        .put("rawBytes", base64(encoded(holder)));
    entry.putObject("validFor").put("start", "2026-01-01T00:00:00Z");
  }

  /** Signs a statement without a key. */
  ObjectNode sign(byte[] payload, Order order) {
    KeyPair key = newKey();
    byte[] signature = sign(key, preAuthenticationEncoding(payload));
    byte[] certificate = encoded(certificate(key.getPublic(), order));
    ObjectNode bundle = bundle(payload, signature);
    ObjectNode material = (ObjectNode) bundle.get("verificationMaterial");
    material.putObject("certificate").put("rawBytes", base64(certificate));
    record(material, entry(payload, signature, pem("CERTIFICATE", certificate)), order);
    stamp(material, signature, order);
    return bundle;
  }

  /** Signs a statement with a key, and logs it. */
  ObjectNode sign(byte[] payload, KeyPair key, Order order) {
    byte[] signature = sign(key, preAuthenticationEncoding(payload));
    ObjectNode bundle = bundle(payload, signature);
    ObjectNode material = (ObjectNode) bundle.get("verificationMaterial");
    material.putObject("publicKey").put("hint", "whatever");
    record(material, entry(payload, signature, pem(key)), order);
    stamp(material, signature, order);
    return bundle;
  }

  /** Signs a statement with a certificate, in no log. */
  ObjectNode signWithCertificate(byte[] payload, Order order) {
    KeyPair key = newKey();
    ObjectNode bundle = bundle(payload, sign(key, preAuthenticationEncoding(payload)));
    ((ObjectNode) bundle.get("verificationMaterial"))
        .putObject("x509CertificateChain")
        .putArray("certificates")
        .addObject()
        .put("rawBytes", base64(encoded(certificate(key.getPublic(), order))));
    return bundle;
  }

  /** Returns the certificate of the authority. */
  String authorityPem() {
    return pem("CERTIFICATE", encoded(authorityCertificate));
  }

  private static ObjectNode bundle(byte[] payload, byte[] signature) {
    ObjectNode bundle = JSON.createObjectNode();
    bundle.put("mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json");
    bundle.putObject("verificationMaterial");
    ObjectNode envelope = bundle.putObject("dsseEnvelope");
    envelope.put("payload", base64(payload));
    envelope.put("payloadType", "application/vnd.in-toto+json");
    envelope.putArray("signatures").addObject().put("sig", base64(signature));
    return bundle;
  }

  static byte[] statement(Sha256 artifact) {
    ObjectNode statement = JSON.createObjectNode();
    statement.put("_type", "https://in-toto.io/Statement/v1");
    ObjectNode subject = statement.putArray("subject").addObject();
    subject.put("name", "model").putObject("digest").put("sha256", artifact.hex());
    statement.put("predicateType", "https://example.com/checked/v1");
    statement.putObject("predicate").put("checked", true);
    return bytes(statement);
  }

  static byte[] preAuthenticationEncoding(byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ascii("DSSEv1 28 application/vnd.in-toto+json " + payload.length + " "));
    out.writeBytes(payload);
    return out.toByteArray();
  }

  static byte[] entry(byte[] payload, byte[] signature, String verifier) {
    ObjectNode body = JSON.createObjectNode();
    body.put("apiVersion", "0.0.1").put("kind", "dsse");
    ObjectNode spec = body.putObject("spec");
    spec.putObject("envelopeHash").put("algorithm", "sha256").put("value", "0".repeat(64));
    spec.putObject("payloadHash").put("algorithm", "sha256").put("value", Sha256.of(payload).hex());
    spec.putArray("signatures")
        .addObject()
        .put("signature", base64(signature))
        .put("verifier", base64(ascii(verifier)));
    return bytes(body);
  }

  void record(ObjectNode material, byte[] body, Order order) {
    long index = 1;
    ObjectNode entry = material.putArray("tlogEntries").addObject();
    entry.put("logIndex", Long.toString(index));
    entry.putObject("logId").put("keyId", base64(id(log)));
    entry.putObject("kindVersion").put("kind", "dsse").put("version", "0.0.1");
    entry.put("integratedTime", Long.toString(order.loggedAt().getEpochSecond()));
    if (order.promise()) {
      ObjectNode promise = JSON.createObjectNode();
      promise.put("body", base64(body));
      promise.put("integratedTime", order.loggedAt().getEpochSecond());
      promise.put("logID", HexFormat.of().formatHex(id(log)));
      promise.put("logIndex", index);
      entry
          .putObject("inclusionPromise")
          .put("signedEntryTimestamp", base64(sign(log, CanonicalJson.write(promise))));
    }
    byte[] sibling = Sha256.of(new byte[] {1}).bytes();
    byte[] leaf = Sha256.of(concat(new byte[] {0}, body)).bytes();
    byte[] root = Sha256.of(concat(new byte[] {1}, sibling, leaf)).bytes();
    ObjectNode proof = entry.putObject("inclusionProof");
    proof.put("logIndex", Long.toString(index)).put("treeSize", "2");
    proof.put("rootHash", base64(root)).putArray("hashes").add(base64(sibling));
    String note = LOG + "\n2\n" + base64(root) + "\n";
    byte[] signed = concat(Arrays.copyOf(id(log), 4), sign(log, utf8(note)));
    proof
        .putObject("checkpoint")
        .put("envelope", note + "\n— " + LOG + " " + base64(signed) + "\n");
    entry.put("canonicalizedBody", base64(body));
  }

  private void stamp(ObjectNode material, byte[] signature, Order order) {
    if (order.stampedAt() == null) {
      return;
    }
    TimeStampRequestGenerator requests = new TimeStampRequestGenerator();
    requests.setCertReq(true);
    byte[] response =
        stamp(
            requests.generate(TSPAlgorithms.SHA256, Sha256.of(signature).bytes()),
            order.stampedAt());
    material
        .putObject("timestampVerificationData")
        .putArray("rfc3161Timestamps")
        .addObject()
        .put("signedTimestamp", base64(response));
  }

  /** Answers a request for a time stamp. */
  byte[] stamp(TimeStampRequest request, Instant time) {
    try {
      var tokens =
          new TimeStampTokenGenerator(
              new JcaSimpleSignerInfoGeneratorBuilder()
                  .build("SHA256withECDSA", timeAuthority.getPrivate(), java(timeCertificate)),
              new JcaDigestCalculatorProviderBuilder()
                  .build()
                  .get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)),
              new ASN1ObjectIdentifier("1.2.3"));
      tokens.addCertificates(new JcaCertStore(List.of(java(timeCertificate))));
      return new TimeStampResponseGenerator(tokens, TSPAlgorithms.ALLOWED)
          .generate(request, BigInteger.ONE, Date.from(time))
          .getEncoded();
    } catch (TSPException | GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate java(X509CertificateHolder holder)
      throws GeneralSecurityException {
    return new JcaX509CertificateConverter().getCertificate(holder);
  }

  private static X509CertificateHolder certificate(
      KeyPair key, KeyUsage usage, @Nullable ExtendedKeyUsage purpose) {
    try {
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              AUTHORITY,
              BigInteger.ONE,
              Date.from(Instant.parse("2026-01-01T00:00:00Z")),
              Date.from(Instant.parse("2036-01-01T00:00:00Z")),
              AUTHORITY,
              SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
      builder.addExtension(Extension.keyUsage, true, usage);
      if (purpose == null) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      } else {
        builder.addExtension(Extension.extendedKeyUsage, true, purpose);
      }
      return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()));
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the certificate of somebody's key as PEM. */
  String certify(PublicKey key, Order order) {
    return pem("CERTIFICATE", encoded(certificate(key, order)));
  }

  private X509CertificateHolder certificate(PublicKey key, Order order) {
    try {
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              AUTHORITY,
              BigInteger.TEN,
              Date.from(order.certifiedAt()),
              Date.from(order.certifiedAt().plus(Duration.ofMinutes(10))),
              new X500Name(new RDN[0]),
              SubjectPublicKeyInfo.getInstance(key.getEncoded()));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning));
      int kind =
          order.subject().contains("://")
              ? GeneralName.uniformResourceIdentifier
              : GeneralName.rfc822Name;
      builder.addExtension(
          Extension.subjectAlternativeName,
          true,
          new GeneralNames(new GeneralName(kind, order.subject())));
      builder.addExtension(
          new ASN1ObjectIdentifier("1.3.6.1.4.1.57264.1.1"), false, utf8(order.issuer()));
      builder.addExtension(
          new ASN1ObjectIdentifier("1.3.6.1.4.1.57264.1.8"),
          false,
          new DERUTF8String(order.issuer()));
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate());
      byte[] unlogged = builder.build(signer).toASN1Structure().getTBSCertificate().getEncoded();
      builder.addExtension(SCT, false, new DEROctetString(promise(unlogged, order.certifiedAt())));
      return builder.build(signer);
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes the list of the one signed certificate time stamp (RFC 6962). */
  private byte[] promise(byte[] unlogged, Instant time) {
    byte[] millis = ByteBuffer.allocate(8).putLong(time.toEpochMilli()).array();
    byte[] length =
        Arrays.copyOfRange(ByteBuffer.allocate(4).putInt(unlogged.length).array(), 1, 4);
    byte[] signature =
        sign(
            certificateLog,
            concat(
                new byte[] {0, 0},
                millis,
                new byte[] {0, 1},
                id(authority),
                length,
                unlogged,
                new byte[2]));
    byte[] promise =
        concat(
            new byte[] {0},
            id(certificateLog),
            millis,
            new byte[] {0, 0, 4, 3},
            two(signature.length),
            signature);
    return concat(two(promise.length + 2), two(promise.length), promise);
  }

  private static byte[] two(int length) {
    return ByteBuffer.allocate(2).putShort((short) length).array();
  }

  private static byte[] id(KeyPair key) {
    return Sha256.of(key.getPublic().getEncoded()).bytes();
  }

  static byte[] sign(KeyPair key, byte[] message) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] encoded(X509CertificateHolder holder) {
    try {
      return holder.getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(ObjectNode json) {
    return CanonicalJson.write(json);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
