package io.edgellm.trust.oms;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a bundle says about who signed: one alternative per signing method of the specification. */
public sealed interface VerificationMaterial {

  /** Returns the name of the signing method. */
  String method();

  /**
   * Method <i>key</i>.
   *
   * @param hint the digest of the public key's PEM text in hexadecimal, or null in bundles from
   *     before v1.1.0, which carry the key itself; a key inside a signature proves nothing and is
   *     not read
   */
  record PublicKey(@Nullable String hint) implements VerificationMaterial {
    @Override
    public String method() {
      return "key";
    }
  }

  /**
   * Method <i>certificate</i>.
   *
   * @param chain the certificates in DER, the signer's first
   */
  record CertificateChain(List<Octets> chain) implements VerificationMaterial {
    /** Copies the list. */
    public CertificateChain {
      chain = List.copyOf(chain);
    }

    @Override
    public String method() {
      return "certificate";
    }
  }

  /**
   * Method <i>sigstore</i>; its log entries and time stamps stay in the bundle's own bytes.
   *
   * @param certificate the short-lived certificate in DER
   */
  record SigstoreCertificate(Octets certificate) implements VerificationMaterial {
    @Override
    public String method() {
      return "sigstore";
    }
  }
}
