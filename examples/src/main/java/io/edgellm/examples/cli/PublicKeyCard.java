package io.edgellm.examples.cli;

import io.edgellm.release.Passphrase;
import io.edgellm.release.Pkcs11Address;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.tuf.TufKey;
import io.edgellm.trust.SignerKey;
import io.edgellm.trust.TrustException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a key is called by those who trust it.
 *
 * @param pem the public key
 * @param uses for what it can be used ("release", "tuf"), and how it is called there
 */
record PublicKeyCard(String pem, Map<String, String> uses) {
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  static PublicKeyCard of(PublicKey key) {
    return of(
        "-----BEGIN PUBLIC KEY-----\n"
            + LINES.encodeToString(key.getEncoded())
            + "\n-----END PUBLIC KEY-----\n");
  }

  private static PublicKeyCard of(String pem) {
    Map<String, String> uses = new LinkedHashMap<>();
    try {
      uses.put("release", SignerKey.fromPem(pem).toString());
    } catch (TrustException e) {
      // It signs metadata alone.
    }
    try {
      TufKey key = TufKey.fromPem(pem);
      uses.put("tuf", key.scheme() + " " + key.id());
    } catch (ReleaseException e) {
      if (uses.isEmpty()) {
        throw e;
      }
    }
    return new PublicKeyCard(pem, uses);
  }

  /** Returns whether an address is that of a public key file. */
  static boolean isPublic(KeyAddress address) {
    return !Pkcs11Address.isOne(address.text())
        && text(Path.of(address.text())).contains("-----BEGIN PUBLIC KEY-----");
  }

  /** Reads a public key file, or the public half of a private key. */
  static PublicKeyCard read(KeyAddress address, Passphrase password) {
    return isPublic(address)
        ? of(text(Path.of(address.text())))
        : of(address.open(password).publicKey());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.STORE, "IO", "'" + file + "' cannot be read (" + e + "): check the path.", e);
    }
  }

  /** Returns how it is called where it is used. */
  String id(String use) {
    String id = uses.get(use);
    if (id == null) {
      throw new CommandFault(
          ExitCode.USAGE,
          "ALGORITHM",
          "Such a key cannot be used for '" + use + "': choose another algorithm.");
    }
    return id;
  }
}
