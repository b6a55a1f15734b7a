package io.edgellm.transfer.s3;

import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.SourcePath;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Whoever has a key may use the bucket. Every header of a request is signed, and its body, or that
 * it has none.
 *
 * <p>A store refuses a signature that is 15 minutes away from its clock, which a device without a
 * battery for its own will be. What the store's clock says is then believed for signatures, and for
 * nothing else: whoever answers in the store's name learns at most a signature for another time,
 * for an object that he was asked for.
 */
final class SignedAccess implements S3Access {
  static final String NO_BODY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private final S3Bucket bucket;
  private final SignatureV4 signature;
  private final Supplier<S3Credentials> credentials;
  private final InstantSource clock;
  private volatile Duration behind = Duration.ZERO;

  SignedAccess(S3Bucket bucket, Supplier<S3Credentials> credentials, InstantSource clock) {
    this.bucket = bucket;
    this.signature = new SignatureV4(bucket.region(), "s3");
    this.credentials = credentials;
    this.clock = clock;
  }

  @Override
  public Permitted get(SourcePath path, SortedMap<String, String> headers) {
    return request("GET", bucket.address(path), headers, NO_BODY);
  }

  /**
   * Makes a request of any kind, without its method and body.
   *
   * @param method such as PUT
   * @param address with its query, escaped as a signature wants it
   * @param headers to be signed and sent, by names in lower case
   * @param body the digest of the body in hexadecimal digits
   */
  Permitted request(String method, URI address, SortedMap<String, String> headers, String body) {
    S3Credentials key = credentials.get();
    SortedMap<String, String> signed = new TreeMap<>(headers);
    signed.put("x-amz-content-sha256", body);
    signed.put("x-amz-date", SignatureV4.time(clock.instant().plus(behind)));
    key.sessionToken().ifPresent(token -> signed.put("x-amz-security-token", token));
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    signed.forEach(request::header);
    // The client sends this one by itself.
    signed.put("host", address.getRawAuthority());
    request.header("authorization", signature.authorization(method, address, signed, body, key));
    return new Permitted(request, withoutQuery(address));
  }

  private static String withoutQuery(URI address) {
    return address.getScheme() + "://" + address.getRawAuthority() + address.getRawPath();
  }

  @Override
  public boolean learnsFrom(S3Error error, HttpAnswer answer) {
    return switch (error.code()) {
      case "RequestTimeTooSkewed" -> setClock(answer.date());
      // By now the host may have been given new ones.
      case "ExpiredToken" -> true;
      default -> false;
    };
  }

  private boolean setClock(Optional<Instant> server) {
    server.ifPresent(now -> behind = Duration.between(clock.instant(), now));
    return server.isPresent();
  }

  @Override
  public String describe() {
    return bucket.toString();
  }
}
