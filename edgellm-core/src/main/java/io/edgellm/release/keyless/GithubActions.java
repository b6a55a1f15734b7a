package io.edgellm.release.keyless;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.release.ReleaseException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a running workflow (<a
 * href="https://docs.github.com/en/actions/reference/security/oidc">GitHub's documentation</a>).
 */
record GithubActions(URI address, String bearer) implements TokenSource {
  private static final String ADDRESS = "ACTIONS_ID_TOKEN_REQUEST_URL";
  private static final String BEARER = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  static GithubActions of(Map<String, String> environment) {
    String address = environment.getOrDefault(ADDRESS, "");
    String bearer = environment.getOrDefault(BEARER, "");
    if (address.isBlank() || bearer.isBlank()) {
      throw refused(
          "This is no workflow of GitHub that may ask for its identity: give it the permission"
              + " 'id-token: write', or name a file with a token.",
          null);
    }
    try {
      URI uri = URI.create(address + "&audience=" + AUDIENCE);
      SigstoreServices.requireSafe(uri);
      return new GithubActions(uri, bearer);
    } catch (IllegalArgumentException e) {
      throw refused(ADDRESS + " is not an address: " + e.getMessage(), e);
    }
  }

  private static ReleaseException refused(String message, @Nullable Exception cause) {
    return new ReleaseException(ReleaseException.Reason.IDENTITY, message, ADDRESS, cause);
  }

  @Override
  public String token() {
    ServiceClient github = new ServiceClient("GitHub", TIMEOUT);
    byte[] answer =
        github.expect(
            200, github.get(address, "bearer " + bearer), ReleaseException.Reason.IDENTITY);
    try {
      return JsonFields.of(StrictJson.parse(answer)).text("value");
    } catch (JsonFault e) {
      throw refused("GitHub's answer holds no token (" + e.getMessage() + ").", e);
    }
  }

  /** Does not show the bearer. */
  @Override
  public String toString() {
    return "the workflow's identity from " + address.getHost();
  }
}
