package io.edgellm.examples.cli;

import io.edgellm.release.KeyFile;
import io.edgellm.release.Passphrase;
import io.edgellm.release.Pkcs11Address;
import io.edgellm.release.SigningKey;
import io.edgellm.release.tuf.TufSigner;
import java.nio.file.Path;

/**
 * Where a private key is: a file, or {@code pkcs11:…}, a key on a token.
 *
 * @param text what was written on the command line
 */
record KeyAddress(String text) {
  /**
   * Opens the key.
   *
   * @param password asked if the key is protected and the address does not say where the PIN is
   * @throws io.edgellm.release.ReleaseException if it cannot be used
   */
  SigningKey open(Passphrase password) {
    return Pkcs11Address.isOne(text)
        ? Pkcs11Address.parse(text).open(password)
        : KeyFile.read(Path.of(text), password);
  }

  /** Opens the key as one that signs metadata. */
  TufSigner openForMetadata(Passphrase password) {
    return TufSigner.of(open(password));
  }

  @Override
  public String toString() {
    return text;
  }
}
