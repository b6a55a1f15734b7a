package io.edgellm.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import org.jspecify.annotations.Nullable;

/**
 * A token with private keys that do not leave it: a hardware security module, a smart card or their
 * imitation in software, by PKCS#11 (OASIS, version 2.40) and Java's own provider for it.
 *
 * <p>What Java demands of a token, and what not every tool makes by itself: beside each private key
 * lies a certificate, self-signed at least, with the same {@code CKA_ID}. {@code keytool
 * -genkeypair} on the token makes both. Java signs with elliptic curves and RSA there, not with
 * Ed25519.
 *
 * <p>Signing is thread-safe. Keys work until the token is closed.
 */
public final class Pkcs11Token implements AutoCloseable {
  private final Provider provider;
  private final KeyStore keys;

  private Pkcs11Token(Provider provider, KeyStore keys) {
    this.provider = provider;
    this.keys = keys;
  }

  /**
   * Opens a token and logs in.
   *
   * @param library the PKCS#11 library of its maker
   * @param slot the number of its slot, or null for the first one with a token
   * @param pin asked once; a token may lock itself after a few wrong ones
   * @throws ReleaseException with {@code TOKEN} if the library, the slot or the PIN is wrong
   */
  public static Pkcs11Token open(Path library, @Nullable Long slot, Passphrase pin) {
    Provider provider = configured(library, slot);
    char[] secret = pin.ask();
    try {
      KeyStore keys = KeyStore.getInstance("PKCS11", provider);
      keys.load(null, secret);
      return new Pkcs11Token(provider, keys);
    } catch (IOException e) {
      throw refused(
          e.getCause() instanceof FailedLoginException
              ? "it refuses the PIN, and may lock itself after a few wrong ones"
              : String.valueOf(e.getMessage()),
          library.toString(),
          e);
    } catch (GeneralSecurityException | ProviderException e) {
      throw refused("there is no token in the slot: " + e.getMessage(), library.toString(), e);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private static Provider configured(Path library, @Nullable Long slot) {
    String path = library.toAbsolutePath().toString();
    if (!Files.isRegularFile(library) || path.matches(".*[\\p{Cntrl}\"$].*")) {
      throw refused("there is no such library", path, null);
    }
    Provider template = Security.getProvider("SunPKCS11");
    if (template == null) {
      throw refused("this Java has no module jdk.crypto.cryptoki", path, null);
    }
    try {
      return template.configure(
          "--name=edgellm\nlibrary=\""
              + path
              + "\"\n"
              + (slot == null ? "slotListIndex=0" : "slot=" + slot)
              + "\n");
    } catch (InvalidParameterException | ProviderException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw refused("the library or the slot: " + cause.getMessage(), path, e);
    }
  }

  /**
   * Returns the labels of the keys that can be used.
   *
   * @throws ReleaseException with {@code TOKEN}
   */
  public List<String> labels() {
    try {
      return Collections.list(keys.aliases()).stream().sorted().toList();
    } catch (GeneralSecurityException | ProviderException e) {
      throw refused(String.valueOf(e.getMessage()), null, e);
    }
  }

  /**
   * Returns a key, which signs a few bytes here to show that it belongs to its certificate.
   *
   * @throws ReleaseException with {@code MISSING} if there is no key with this label and a
   *     certificate, {@code BAD_KEY} if Java cannot sign with it, or {@code TOKEN}
   */
  public SigningKey key(String label) {
    try {
      if (!(keys.getKey(label, null) instanceof PrivateKey secret)) {
        throw absent(label);
      }
      Certificate certificate = keys.getCertificate(label);
      if (certificate == null) {
        throw absent(label);
      }
      return TokenKey.of(provider, label, secret, certificate.getPublicKey());
    } catch (GeneralSecurityException | ProviderException e) {
      throw refused(String.valueOf(e.getMessage()), label, e);
    }
  }

  private ReleaseException absent(String label) {
    return new ReleaseException(
        ReleaseException.Reason.MISSING,
        "The token has no private key '"
            + label
            + "' with a certificate beside it, but "
            + labels()
            + ": make one with 'keytool -genkeypair', or import the certificate.",
        label);
  }

  static ReleaseException refused(String why, @Nullable String subject, @Nullable Throwable cause) {
    return new ReleaseException(
        ReleaseException.Reason.TOKEN,
        "The token cannot be used (" + why + "): check its library, its slot and the PIN.",
        subject,
        cause);
  }

  /** Logs out. Other uses of the same token in this process are logged out, too. */
  @Override
  public void close() {
    if (provider instanceof AuthProvider login) {
      try {
        login.logout();
      } catch (LoginException | ProviderException e) {
        throw refused("it does not log out: " + e.getMessage(), null, e);
      }
    }
  }

  /** A key of a token. */
  private record TokenKey(
      Provider provider,
      String label,
      PrivateKey secret,
      PublicKey publicKey,
      SignatureScheme scheme)
      implements SigningKey {
    private static final byte[] PROBE = {'p', 'r', 'o', 'b', 'e'};

    static TokenKey of(Provider provider, String label, PrivateKey secret, PublicKey publicKey) {
      try {
        SignatureScheme scheme = SignatureScheme.of(publicKey);
        TokenKey key = new TokenKey(provider, label, secret, publicKey, scheme);
        if (scheme.verifies(publicKey, PROBE, scheme.sign(secret, provider, PROBE))) {
          return key;
        }
        throw new GeneralSecurityException("its certificate belongs to another key");
      } catch (GeneralSecurityException | ProviderException e) {
        throw new ReleaseException(
            ReleaseException.Reason.BAD_KEY,
            "The key '"
                + label
                + "' of the token cannot be used ("
                + e.getMessage()
                + "): take one for ECDSA on P-256, P-384 or P-521, or for RSA.",
            label,
            e);
      }
    }

    @Override
    public byte[] sign(byte[] message) {
      try {
        return scheme.sign(secret, provider, message);
      } catch (GeneralSecurityException | ProviderException e) {
        throw refused("it does not sign: " + e.getMessage(), label, e);
      }
    }

    /** Names the label and the scheme only. */
    @Override
    public String toString() {
      return "key '" + label + "' of a token, for " + scheme.algorithm();
    }
  }
}
