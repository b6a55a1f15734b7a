package io.edgellm.transfer.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What this device shows a registry so that it may use a repository: nothing, a password, or a
 * token that a token service gave for it. After "Token Authentication Specification" of the
 * distribution project.
 *
 * <p>A token is asked for with one right to the one repository, whatever the registry says it would
 * like. Thread-safe.
 */
final class Authorizations {
  private static final int MAX_TOKEN_BYTES = 1 << 16;

  /** What a token is good for if its service does not say, by the specification. */
  private static final long DEFAULT_SECONDS = 60;

  /** A token must outlive the way of the request. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  /** Visible ASCII: what may stand in a header, and in no message. */
  private static final Pattern TOKEN = Pattern.compile("[!-~]++");

  private record Granted(String header, Instant until) {
    @Override
    public String toString() {
      return "until " + until;
    }
  }

  private final OciRegistry registry;
  private final HttpReader reader;
  private final InstantSource clock;
  private final OciRight right;
  private final Map<String, Granted> granted = new ConcurrentHashMap<>();

  Authorizations(OciRegistry registry, HttpReader reader, InstantSource clock, OciRight right) {
    this.registry = registry;
    this.reader = reader;
    this.clock = clock;
    this.right = right;
  }

  /** Returns what to show for a repository, as far as it is known and still good. */
  Optional<String> of(String repository) {
    return Optional.ofNullable(granted.get(repository))
        .filter(g -> clock.instant().isBefore(g.until()))
        .map(Granted::header);
  }

  /**
   * Gets what a registry asks for.
   *
   * @param repository which one
   * @param refusal the answer 401 to a request for it
   * @param where its address, for people
   * @throws TransferException with {@code REFUSED} if this device cannot do what is asked
   */
  String renew(String repository, HttpAnswer refusal, String where) {
    granted.remove(repository);
    List<Challenge> challenges = Challenge.parse(refusal.headers("WWW-Authenticate"));
    Optional<Challenge> bearer = Challenge.find(challenges, "bearer");
    Optional<OciCredentials> credentials = registry.credentials();
    Granted fresh;
    if (bearer.isPresent()) {
      fresh = token(bearer.get(), repository, credentials, where);
    } else if (Challenge.find(challenges, "basic").isPresent() && credentials.isPresent()) {
      fresh = new Granted(basic(credentials.get()), Instant.MAX);
    } else {
      throw right.refusal(refusal, where, 0);
    }
    granted.put(repository, fresh);
    return fresh.header();
  }

  private static String basic(OciCredentials credentials) {
    String pair = credentials.user() + ":" + credentials.password();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  private Granted token(
      Challenge challenge, String repository, Optional<OciCredentials> credentials, String where) {
    URI realm = realm(challenge, credentials.isPresent(), where);
    String query =
        challenge.parameter("service").map(s -> "service=" + escaped(s) + "&").orElse("")
            + "scope="
            + escaped(right.scope(repository));
    String service = realm.getScheme() + "://" + realm.getRawAuthority() + realm.getRawPath();
    String asked = realm.getRawQuery() == null ? query : realm.getRawQuery() + "&" + query;
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(service + "?" + asked));
    credentials.ifPresent(known -> request.header("Authorization", basic(known)));
    HttpAnswer answer = reader.send(request, service);
    return switch (answer.status()) {
      case 200 -> read(answer, service);
      case 408, 425, 429, 500, 502, 503, 504 -> {
        answer.close();
        throw answer.objection(0);
      }
      default -> {
        answer.close();
        throw refused(
            service, "does not take this device's credentials, status " + answer.status(), null);
      }
    };
  }

  private URI realm(Challenge challenge, boolean withCredentials, String where) {
    URI realm;
    try {
      realm = URI.create(challenge.parameter("realm").orElse(""));
    } catch (IllegalArgumentException e) {
      throw refused(where, "names a token service whose address is none", e);
    }
    Optional<String> objection =
        withCredentials ? registry.objectionToLogin(realm) : registry.objection(realm);
    if (objection.isPresent()) {
      throw refused(where, "sends this device for a token " + objection.get(), null);
    }
    return realm;
  }

  private Granted read(HttpAnswer answer, String service) {
    Instant asked = clock.instant();
    try {
      JsonNode json = StrictJson.parse(answer.document(MAX_TOKEN_BYTES));
      String token = json.path("token").asText(json.path("access_token").asText(""));
      if (!TOKEN.matcher(token).matches()) {
        throw refused(service, "gives no token", null);
      }
      long seconds = json.path("expires_in").asLong(DEFAULT_SECONDS);
      Duration good = Duration.ofSeconds(Math.max(DEFAULT_SECONDS, Math.min(seconds, 1L << 32)));
      return new Granted("Bearer " + token, asked.plus(good).minus(MARGIN));
    } catch (JsonFault e) {
      throw refused(service, "gives a token that cannot be read", null);
    }
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private static TransferException refused(String where, String what, @Nullable Throwable cause) {
    return new TransferException(
        Reason.REFUSED,
        "'" + where + "' " + what + ": check registry, credentials and allowed hosts.",
        where,
        cause);
  }
}
