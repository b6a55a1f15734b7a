package io.edgellm.release.keyless;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.release.ReleaseException;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a token claims (RFC 7519), as far as it is needed to ask for a certificate. Its signature is
 * for the authority to check.
 *
 * @param text the token
 * @param issuer who gave it out
 * @param subject whom the authority will ask a proof of: a mail address if it names one, otherwise
 *     its subject
 */
record IdentityToken(String text, String issuer, String subject) {
  static final int MAX_CHARS = 16 << 10;

  /**
   * Reads a token.
   *
   * @throws ReleaseException with {@code IDENTITY} if it is none, for somebody else, or expired
   */
  static IdentityToken parse(String text, Instant now) {
    JsonNode claims = claims(text);
    requireAudience(claims.path("aud"));
    Instant expires = Instant.ofEpochSecond(claims.path("exp").asLong(0));
    if (!expires.isAfter(now)) {
      throw refused(
          "The identity token has expired at "
              + expires
              + ": ask for a new one right before signing.",
          null);
    }
    String mail = claims.path("email").asText("");
    if (!mail.isEmpty() && !claims.path("email_verified").asBoolean(false)) {
      throw refused("The issuer of the token has not verified the address '" + mail + "'.", null);
    }
    return new IdentityToken(
        text, required(claims, "iss"), mail.isEmpty() ? required(claims, "sub") : mail);
  }

  private static JsonNode claims(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 3 || text.length() >= MAX_CHARS) {
      throw refused("This is not an identity token (a JWT): look at what was given.", null);
    }
    try {
      return StrictJson.parse(Base64.getUrlDecoder().decode(parts[1]));
    } catch (JsonFault | IllegalArgumentException e) {
      throw refused("The identity token cannot be read: ask for a new one.", e);
    }
  }

  private static void requireAudience(JsonNode audience) {
    boolean ours = audience.asText().equals(TokenSource.AUDIENCE);
    for (JsonNode one : audience) {
      ours |= one.asText().equals(TokenSource.AUDIENCE);
    }
    if (!ours) {
      throw refused(
          "The identity token is not made out for '"
              + TokenSource.AUDIENCE
              + "': ask its issuer for one with this audience.",
          null);
    }
  }

  private static String required(JsonNode claims, String name) {
    String value = claims.path(name).asText("");
    if (value.isEmpty()) {
      throw refused("The identity token does not say '" + name + "': ask for another one.", null);
    }
    return value;
  }

  private static ReleaseException refused(String message, @Nullable Exception cause) {
    return new ReleaseException(ReleaseException.Reason.IDENTITY, message, null, cause);
  }

  /** Does not show the token. */
  @Override
  public String toString() {
    return subject + " (" + issuer + ")";
  }
}
