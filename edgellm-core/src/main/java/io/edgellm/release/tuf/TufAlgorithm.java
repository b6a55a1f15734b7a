package io.edgellm.release.tuf;

/** The algorithms of keys that every client of TUF knows. */
public enum TufAlgorithm {
  /** Ed25519: small, fast, and the same signature every time. The choice for new keys. */
  ED25519("ed25519", "ed25519"),
  /** ECDSA on P-256 with SHA-256: what most devices for keys and cloud services offer. */
  ECDSA_P256("ecdsa", "ecdsa-sha2-nistp256"),
  /** RSA with PSS and SHA-256, of 2048 bits or more: for keys that exist already. */
  RSA_PSS("rsa", "rsassa-pss-sha256");

  private final String keyType;
  private final String scheme;

  TufAlgorithm(String keyType, String scheme) {
    this.keyType = keyType;
    this.scheme = scheme;
  }

  String keyType() {
    return keyType;
  }

  /** Returns the name of the signature scheme in metadata. */
  public String scheme() {
    return scheme;
  }
}
