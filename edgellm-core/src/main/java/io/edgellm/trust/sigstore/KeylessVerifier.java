package io.edgellm.trust.sigstore;

import io.edgellm.model.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Keyless signatures: sigstore-java behind a guard.
 *
 * <p>What the guard adds: exactly one log entry and some trusted time, which sigstore-java reads
 * but does not demand of every bundle; certificate and log must have been valid at every trusted
 * time, which it checks for time stamps alone; the account is read from the certificate a second
 * time and compared here. It computes the encoding of an envelope from characters instead of
 * octets, so that a statement with characters outside of ASCII is refused here, by name.
 */
final class KeylessVerifier extends SigstoreVerifier {
  private final SigstoreTrustRoot root;
  private final SigstoreLibrary library;
  private final List<KeylessIdentity> trusted;

  KeylessVerifier(SigstoreTrustRoot root, SigstoreLibrary library, List<KeylessIdentity> trusted) {
    this.root = root;
    this.library = library;
    this.trusted = trusted;
  }

  @Override
  public String describe() {
    return trusted.stream().map(KeylessIdentity::toString).collect(Collectors.joining(", "));
  }

  @Override
  VerifiedBundle verify(SignedBundle bundle, Sha256 artifact) {
    SigningCertificate certificate = certificate(bundle);
    LogProof proof = LogProof.of(bundle);
    if (bundle.content() instanceof SignedContent.Envelope envelope) {
      byte[] payload = envelope.dsse().payload().toBytes();
      requireAscii(payload);
      InTotoStatement.parse(payload).requireSubject(artifact);
    }
    library.verifyKeyless(bundle, artifact, trusted);
    Instant attestedAt =
        proof
            .latestTrustedTime(root, library, certificate.validity())
            .orElseThrow(KeylessVerifier::withoutTime);
    return new VerifiedBundle(certificate.account(), attestedAt, List.of(proof.entry().keyId()));
  }

  private SigningCertificate certificate(SignedBundle bundle) {
    if (!(bundle.material() instanceof SigningMaterial.Certificates certificates)) {
      throw new SigstoreException(
          SigstoreException.Reason.UNTRUSTED_SIGNER,
          "The bundle was signed with a key and not by an account: sign without a key.",
          null);
    }
    SigningCertificate certificate = SigningCertificate.parse(certificates.chain().get(0));
    BundleSigner.Account account = certificate.account();
    if (trusted.stream().noneMatch(t -> t.matches(account.issuer(), account.subject()))) {
      throw new SigstoreException(
          SigstoreException.Reason.UNTRUSTED_SIGNER,
          "The bundle was signed by "
              + account.describe()
              + ", who is not trusted here: check who published it.",
          account.describe());
    }
    return certificate;
  }

  private static void requireAscii(byte[] payload) {
    for (byte b : payload) {
      if (b < 0) {
        throw new SigstoreException(
            SigstoreException.Reason.UNSUPPORTED,
            "The statement has characters outside of ASCII, which keyless verification cannot"
                + " handle: escape them in the statement, or sign with a key.",
            "dsseEnvelope.payload");
      }
    }
  }

  private static SigstoreException withoutTime() {
    return new SigstoreException(
        SigstoreException.Reason.BAD_TIME,
        "Neither the log nor a time stamp says when the bundle was signed: sign with a time stamp.",
        null);
  }
}
