package io.edgellm.transfer.oci;

import io.edgellm.model.Sha256;
import io.edgellm.transfer.ByteRange;
import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.UploadBody;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Asks a registry for manifests and blobs, and sends some, after the OCI distribution
 * specification: authorised as it wants, and following it to where blobs really are. Thread-safe.
 */
final class RegistryClient {
  private static final int MAX_REDIRECTS = 5;

  private final OciRegistry registry;
  private final HttpReader reader;
  private final Authorizations authorizations;
  private final OciRight right;

  /**
   * @param reader one that follows no redirects
   * @param clock tells when a token expires
   * @param right what for
   */
  RegistryClient(OciRegistry registry, HttpReader reader, InstantSource clock, OciRight right) {
    this.registry = registry;
    this.reader = reader;
    this.authorizations = new Authorizations(registry, reader, clock, right);
    this.right = right;
  }

  /**
   * Fetches a manifest, which a registry gives itself.
   *
   * @param repository without the namespace
   * @param tag which
   */
  OciManifest manifest(String repository, String tag) {
    String name = registry.repository(repository);
    URI address = registry.resolve("/v2/" + name + "/manifests/" + tag);
    HttpAnswer answer = get(name, address, Map.of("Accept", OciManifest.MEDIA_TYPE));
    if (answer.status() != 200) {
      throw right.refusal(answer, address.toString(), 0);
    }
    return OciManifest.read(answer, address.toString());
  }

  /**
   * Begins to fetch a blob.
   *
   * @param repository without the namespace
   * @param digest which
   * @param range what of it
   * @return an answer that has bytes
   */
  HttpAnswer blob(String repository, Sha256 digest, ByteRange range) {
    String name = registry.repository(repository);
    URI address = registry.resolve("/v2/" + name + "/blobs/sha256:" + digest.hex());
    Map<String, String> headers =
        range.header().map(value -> Map.of("Range", value)).orElse(Map.of());
    HttpAnswer answer = get(name, address, headers);
    for (int redirects = 0; isRedirect(answer); redirects++) {
      if (redirects == MAX_REDIRECTS) {
        answer.close();
        throw strayed(address, "too often");
      }
      address = follow(answer, address);
      answer =
          registry.isSelf(address)
              ? get(name, address, headers)
              : send(address, headers, Optional.empty());
    }
    if (answer.status() != 200 && answer.status() != 206) {
      throw right.refusal(answer, withoutQuery(address), range.offsetBytes());
    }
    return answer;
  }

  /**
   * Sends something to an address of the registry, or to where it wants to have it; asks again once
   * if the registry wants to know who asks.
   *
   * @param repository without the namespace
   * @param address on the registry, or an allowed one that it has named
   */
  HttpAnswer upload(
      String repository,
      String method,
      URI address,
      Map<String, String> headers,
      UploadBody body,
      TransferControl control) {
    String name = registry.repository(repository);
    String where = withoutQuery(address);
    Function<Optional<String>, HttpAnswer> attempt =
        authorization -> {
          HttpRequest.Builder request = HttpRequest.newBuilder(address);
          headers.forEach(request::header);
          authorization.ifPresent(value -> request.header("Authorization", value));
          return reader.upload(request, method, body, control, where);
        };
    if (!registry.isSelf(address)) {
      return attempt.apply(Optional.empty());
    }
    HttpAnswer answer = attempt.apply(authorizations.of(name));
    if (answer.status() != 401) {
      return answer;
    }
    try (answer) {
      return attempt.apply(Optional.of(authorizations.renew(name, answer, where)));
    }
  }

  /** Asks for something without a body. */
  HttpAnswer ask(String repository, String method, URI address) {
    return upload(
        repository, method, address, Map.of(), UploadBody.of(new byte[0]), new TransferControl());
  }

  private static boolean isRedirect(HttpAnswer answer) {
    return switch (answer.status()) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private URI follow(HttpAnswer answer, URI from) {
    answer.close();
    URI to;
    try {
      to = from.resolve(answer.header("Location").orElse(""));
    } catch (IllegalArgumentException e) {
      throw strayed(from, "to what is no address");
    }
    Optional<String> objection = registry.objection(to);
    if (objection.isPresent()) {
      throw strayed(from, objection.get());
    }
    return to;
  }

  private static TransferException strayed(URI from, String how) {
    String where = withoutQuery(from);
    return new TransferException(
        Reason.REFUSED,
        "'" + where + "' redirects " + how + ": check the registry and the allowed hosts.",
        where);
  }

  /** Asks again once if the registry wants to know who asks, or what it was shown has expired. */
  private HttpAnswer get(String repository, URI address, Map<String, String> headers) {
    HttpAnswer answer = send(address, headers, authorizations.of(repository));
    if (answer.status() != 401) {
      return answer;
    }
    String where = withoutQuery(address);
    try (answer) {
      return send(address, headers, Optional.of(authorizations.renew(repository, answer, where)));
    }
  }

  private HttpAnswer send(
      URI address, Map<String, String> headers, Optional<String> authorization) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    headers.forEach(request::header);
    authorization.ifPresent(value -> request.header("Authorization", value));
    return reader.send(request, withoutQuery(address));
  }

  /** Where a blob really is may be an address that is a secret. */
  static String withoutQuery(URI address) {
    return address.getScheme() + "://" + address.getRawAuthority() + address.getRawPath();
  }
}
