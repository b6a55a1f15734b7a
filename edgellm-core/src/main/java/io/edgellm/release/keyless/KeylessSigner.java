package io.edgellm.release.keyless;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;
import io.edgellm.release.ManifestSigner;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.oms.DsseEnvelope;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.Octets;
import io.edgellm.trust.sigstore.KeylessIdentity;
import io.edgellm.trust.sigstore.SigstoreException;
import io.edgellm.trust.sigstore.SigstoreTrustRoot;
import io.edgellm.trust.sigstore.SigstoreVerifier;
import java.net.URI;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;

/**
 * Signs releases in the name of an account, by the method <i>sigstore</i> of OpenSSF Model Signing
 * v1.0.
 *
 * <p>For each statement it makes a key on P-256, has it certified for the account that the identity
 * token names, signs once, lets a transparency log record that, and forgets the key. Certificate
 * and signature are then public for ever, with the name of the account.
 *
 * <p>Nothing that the services answer is believed: the bundle is handed out only after {@link
 * SigstoreVerifier#keyless} has accepted it, with the trusted root that devices pin and for the
 * account that is expected. That needs sigstore-java, as on devices; signing itself does not.
 * Thread-safe.
 */
public final class KeylessSigner implements ManifestSigner {
  private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

  private final SigstoreServices services;
  private final TokenSource tokens;
  private final KeylessIdentity account;
  private final InstantSource clock;
  private final SigstoreVerifier verifier;

  /**
   * @param services where the authority and the log are
   * @param root what devices pin; certificate authority, logs and time stamp authority must be
   *     those of the services
   * @param account who must turn out to have signed: the account that devices trust, with which a
   *     token for another workflow or person is noticed here and not on devices
   * @param tokens prove to the authority who signs
   * @param clock compared with the expiry of tokens; nothing else depends on it
   * @throws ReleaseException with {@code MISSING_DEPENDENCY} if sigstore-java is absent, or {@code
   *     UNTRUSTED} if the root cannot verify keyless signatures
   */
  public KeylessSigner(
      SigstoreServices services,
      SigstoreTrustRoot root,
      KeylessIdentity account,
      TokenSource tokens,
      InstantSource clock) {
    this.services = services;
    this.tokens = tokens;
    this.account = account;
    this.clock = clock;
    try {
      this.verifier = SigstoreVerifier.keyless(root, List.of(account));
    } catch (SigstoreException e) {
      throw new ReleaseException(
          e.reason() == SigstoreException.Reason.MISSING_DEPENDENCY
              ? ReleaseException.Reason.MISSING_DEPENDENCY
              : ReleaseException.Reason.UNTRUSTED,
          "Signatures without a key cannot be verified here: " + e.getMessage(),
          e.subject().orElse(null),
          e);
    }
  }

  @Override
  public String describe() {
    return account.toString();
  }

  /**
   * {@inheritDoc}
   *
   * @throws ReleaseException with {@code IDENTITY} if there is no token, it has expired, or the
   *     authority refuses it; {@code UNREACHABLE} if a service does not answer in time; {@code
   *     UNTRUSTED} if what they answered does not verify, for instance because the log recorded
   *     something else or the certificate names another account
   */
  @Override
  public byte[] signStatement(byte[] statement) {
    Sha256 subject = subject(statement);
    IdentityToken token = IdentityToken.parse(tokens.token(), clock.instant());
    EcSigningKey key = EcSigningKey.generate(EcdsaCurve.P256);
    Octets certificate = new CertificateAuthority(services).certify(key, token);
    DsseEnvelope envelope = envelope(statement, key);
    ObjectNode entry = new TransparencyLog(services).record(envelope, certificate);
    ObjectNode material = JsonNodeFactory.instance.objectNode();
    material.putObject("certificate").put("rawBytes", base64(certificate));
    material.putArray("tlogEntries").add(entry);
    stamp(material, envelope);
    byte[] bundle = bundle(material, envelope);
    requireAccepted(bundle, subject);
    return bundle;
  }

  /** Finds what the statement is about: the one subject, by its SHA-256. */
  private static Sha256 subject(byte[] statement) {
    try {
      List<JsonFields> subjects = JsonFields.of(StrictJson.parse(statement)).objects("subject");
      if (subjects.size() != 1) {
        throw new IllegalArgumentException("A statement here is about one subject.");
      }
      return new Sha256(subjects.get(0).object("digest").text("sha256"));
    } catch (JsonFault e) {
      throw new IllegalArgumentException("This is no statement: " + e.getMessage(), e);
    }
  }

  private static DsseEnvelope envelope(byte[] statement, EcSigningKey key) {
    Octets payload = Octets.of(statement);
    byte[] signed = DsseEnvelope.preAuthenticationEncoding(DsseEnvelope.IN_TOTO, statement);
    return new DsseEnvelope(DsseEnvelope.IN_TOTO, payload, Octets.of(key.sign(signed)));
  }

  private void stamp(ObjectNode material, DsseEnvelope envelope) {
    URI authority = services.timestampAuthority();
    if (authority != null) {
      Octets stamp =
          new TimestampAuthority(authority, services.timeout()).stamp(envelope.signature());
      material
          .putObject("timestampVerificationData")
          .putArray("rfc3161Timestamps")
          .addObject()
          .put("signedTimestamp", base64(stamp));
    }
  }

  private static byte[] bundle(ObjectNode material, DsseEnvelope envelope) {
    ObjectNode bundle = JsonNodeFactory.instance.objectNode();
    bundle.put("mediaType", MEDIA_TYPE);
    bundle.set("verificationMaterial", material);
    bundle.set("dsseEnvelope", TransparencyLog.json(envelope));
    return CanonicalJson.write(bundle);
  }

  private static String base64(Octets octets) {
    return Base64.getEncoder().encodeToString(octets.toBytes());
  }

  private void requireAccepted(byte[] bundle, Sha256 subject) {
    try {
      verifier.verify(bundle, subject);
    } catch (SigstoreException e) {
      throw new ReleaseException(
          ReleaseException.Reason.UNTRUSTED,
          "Devices would refuse the signature ("
              + e.getMessage()
              + "): it is not handed out. Check the account, and whether the trusted root is the"
              + " one of these services.",
          e.subject().orElse(null),
          e);
    }
  }
}
