package io.edgellm.examples.cli;

import io.edgellm.release.Passphrase;
import io.edgellm.release.tuf.TufKey;
import io.edgellm.release.tuf.TufSigner;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys that a role is to have: public keys of other people, and private ones that are here and
 * sign, too.
 *
 * @param keys all of them
 * @param signers those that are here
 */
record TufRoleKeys(List<TufKey> keys, List<TufSigner> signers) {
  static TufRoleKeys open(List<KeyAddress> addresses, Passphrase password) {
    List<TufKey> keys = new ArrayList<>();
    List<TufSigner> signers = new ArrayList<>();
    for (KeyAddress address : addresses) {
      if (PublicKeyCard.isPublic(address)) {
        keys.add(TufKey.fromPem(PublicKeyCard.read(address, password).pem()));
      } else {
        TufSigner signer = address.openForMetadata(password);
        keys.add(signer.key());
        signers.add(signer);
      }
    }
    return new TufRoleKeys(List.copyOf(keys), List.copyOf(signers));
  }

  TufKey[] array() {
    return keys.toArray(TufKey[]::new);
  }
}
