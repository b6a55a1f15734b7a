package io.edgellm.trust.oms;

/**
 * The holder of a key.
 *
 * @param key the public key
 */
public record KeyVerifier(EcVerificationKey key) implements KeyHolder {
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
  public ProvenKey proveKey(VerificationMaterial material) {
    return new ProvenKey(key, key.toString());
  }
}
