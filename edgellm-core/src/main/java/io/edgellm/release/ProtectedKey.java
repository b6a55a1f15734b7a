package io.edgellm.release;

import io.edgellm.trust.oms.Der;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.jspecify.annotations.Nullable;

/** A private key under a password: PKCS#8's EncryptedPrivateKeyInfo with PBES2 (RFC 8018). */
final class ProtectedKey {
  private static final String ALGORITHM = "PBEWithHmacSHA256AndAES_256";
  // What OWASP advises for PBKDF2 with HMAC-SHA-256 since 2023; half a second for an honest reader.
  private static final int ROUNDS = 600_000;
  private static final int MAX_ROUNDS = 10_000_000;
  private static final int BLOCK_BYTES = 16;
  private static final byte[] PBES2 = HexFormat.of().parseHex("2a864886f70d01050d");

  private ProtectedKey() {}

  static byte[] decrypt(byte[] der, Passphrase password) throws GeneralSecurityException {
    EncryptedPrivateKeyInfo info = parse(der);
    AlgorithmParameters parameters = info.getAlgParameters();
    // Of PBES2, Java names the two algorithms only in the text of its parameters.
    String algorithm = String.valueOf(parameters);
    if (!algorithm.startsWith("PBEWithHmacSHA") || !algorithm.contains("AndAES_")) {
      throw unsupported(null);
    }
    int rounds = parameters.getParameterSpec(PBEParameterSpec.class).getIterationCount();
    if (rounds > MAX_ROUNDS) {
      throw new InvalidKeyException("its password goes through " + rounds + " rounds");
    }
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(Cipher.DECRYPT_MODE, key(algorithm, password), parameters);
    try {
      return cipher.doFinal(info.getEncryptedData());
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      throw new InvalidKeyException("the password is wrong, or the file is damaged", e);
    }
  }

  private static EncryptedPrivateKeyInfo parse(byte[] der) throws InvalidKeyException {
    try {
      return new EncryptedPrivateKeyInfo(der);
    } catch (IOException e) {
      throw unsupported(e);
    }
  }

  private static InvalidKeyException unsupported(@Nullable IOException cause) {
    return new InvalidKeyException(
        "it is protected in another way than PBES2 with AES: rewrite it with"
            + " 'openssl pkcs8 -topk8 -v2 aes-256-cbc'",
        cause);
  }

  private static SecretKey key(String algorithm, Passphrase password)
      throws GeneralSecurityException {
    char[] secret = password.ask();
    try {
      requireAscii(secret);
      PBEKeySpec spec = new PBEKeySpec(secret);
      try {
        return SecretKeyFactory.getInstance(algorithm).generateSecret(spec);
      } finally {
        spec.clearPassword();
      }
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  /**
   * Later versions of Java take other characters, and earlier ones could not read the file then.
   */
  private static void requireAscii(char[] secret) throws InvalidKeyException {
    for (char character : secret) {
      if (character < ' ' || character > '~') {
        throw new InvalidKeyException("a password has printable ASCII characters only");
      }
    }
  }

  static byte[] encrypt(byte[] pkcs8, Passphrase password) {
    SecureRandom random = new SecureRandom();
    byte[] salt = new byte[BLOCK_BYTES];
    byte[] first = new byte[BLOCK_BYTES];
    random.nextBytes(salt);
    random.nextBytes(first);
    try {
      Cipher cipher = Cipher.getInstance(ALGORITHM);
      cipher.init(
          Cipher.ENCRYPT_MODE,
          key(ALGORITHM, password),
          new PBEParameterSpec(salt, ROUNDS, new IvParameterSpec(first)));
      return encode(cipher.getParameters().getEncoded(), cipher.doFinal(pkcs8));
    } catch (InvalidKeyException e) {
      throw new ReleaseException(
          ReleaseException.Reason.BAD_KEY,
          "The password cannot be used (" + e.getMessage() + "): choose another one.",
          null,
          e);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("Every Java 17 platform has " + ALGORITHM + ".", e);
    }
  }

  // Java reads this structure and does not know the name PBES2 when it is to write it.
  private static byte[] encode(byte[] parameters, byte[] encrypted) {
    byte[] algorithm =
        Der.element(Der.SEQUENCE, Der.element(Der.OBJECT_IDENTIFIER, PBES2), parameters);
    return Der.element(Der.SEQUENCE, algorithm, Der.element(Der.OCTET_STRING, encrypted));
  }
}
