package io.edgellm.transfer.oci;

/**
 * What a registry, or its token service, knows a device by. The password appears in no text that
 * this library makes.
 *
 * @param user the name; some registries take a fixed word for it when the password is a token
 * @param password the password or access token
 */
public record OciCredentials(String user, String password) {
  /** Refuses what HTTP cannot carry: an empty text, and a colon in a name. */
  public OciCredentials {
    if (user.isBlank() || password.isBlank() || user.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "A user has a name without a colon, and a password: neither is empty.");
    }
  }

  /** Returns the name alone. */
  @Override
  public String toString() {
    return "OciCredentials[" + user + "]";
  }
}
