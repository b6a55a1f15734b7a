package io.edgellm.trust.oms;

/**
 * The holder of a key.
 *
 * @param key the public key
 */
public record KeyVerifier(EcVerificationKey key) implements MethodVerifier {
  @Override
  public String method() {
    return "key";
  }

  @Override
  public boolean isClaimedBy(VerificationMaterial material) {
    return material instanceof VerificationMaterial.PublicKey claim
        && (claim.hint() == null || claim.hint().equals(key.hint().hex()));
  }

  @Override
  public SignedStatement verify(SignatureBundle bundle) throws OmsFault {
    bundle.envelope().requireSignedBy(key);
    return new SignedStatement(
        this, bundle.statement(), key.curve().label() + " " + key.hint(), null);
  }
}
