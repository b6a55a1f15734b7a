package io.edgellm.trust.oms;

/** A signer with a key of his own, which signs envelopes: the methods key and certificate. */
public sealed interface KeyHolder extends MethodVerifier permits KeyVerifier, CertificateVerifier {

  /** Returns the key with which this one signed, if he did; the envelope is not looked at. */
  ProvenKey proveKey(VerificationMaterial material) throws OmsFault;

  @Override
  default SignedStatement verify(SignatureBundle bundle) throws OmsFault {
    ProvenKey proven = proveKey(bundle.material());
    bundle.envelope().requireSignedBy(proven.key());
    return new SignedStatement(this, bundle.statement(), proven.identity(), null);
  }
}
