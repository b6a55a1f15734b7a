package io.edgellm.transfer.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a store says when it does not give an object, after "Error responses" of the S3 API
 * reference.
 *
 * <p>Some words out of a flat document: nothing of it is shown but what looks like a name, and no
 * parser of XML, with its entities, ever sees it.
 *
 * @param code for instance {@code NoSuchKey}; empty if the answer has none
 * @param region where the bucket is, if the store says so
 * @param endpoint where requests should go, if the store says so
 * @param isOutdated whether a presigned address is not valid any more
 */
record S3Error(
    String code, Optional<String> region, Optional<String> endpoint, boolean isOutdated) {
  /** Nothing is wrong. */
  static final S3Error NONE = new S3Error("", Optional.empty(), Optional.empty(), false);

  private static final int MAX_BYTES = 1 << 16;
  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9]{1,64})</Code>");
  private static final Pattern REGION = Pattern.compile("<Region>([A-Za-z0-9-]{1,63})</Region>");
  private static final Pattern ENDPOINT =
      Pattern.compile("<Endpoint>([A-Za-z0-9.:-]{1,255})</Endpoint>");
  private static final Pattern REGION_NAME = Pattern.compile("[A-Za-z0-9-]{1,63}");

  /** Reads the body of an answer; a body that does not come says nothing. */
  static S3Error of(HttpAnswer answer) {
    String body;
    try {
      body = new String(answer.excerpt(MAX_BYTES), UTF_8);
    } catch (TransferException e) {
      if (e.reason() == Reason.CANCELLED) {
        throw e;
      }
      body = "";
    }
    return new S3Error(
        find(CODE, body).orElse(""),
        find(REGION, body)
            .or(
                () ->
                    answer
                        .header("x-amz-bucket-region")
                        .filter(name -> REGION_NAME.matcher(name).matches())),
        find(ENDPOINT, body),
        body.contains("<Message>Request has expired</Message>"));
  }

  private static Optional<String> find(Pattern pattern, String body) {
    Matcher matcher = pattern.matcher(body);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /**
   * Says it as a transfer says it.
   *
   * @param answer the answer that it was in
   * @param where the address that was asked, for people
   * @param askedBytes where the bytes were to begin
   */
  TransferException toException(HttpAnswer answer, String where, long askedBytes) {
    return switch (code) {
      case "" -> answer.objection(askedBytes);
      case "NoSuchKey", "NoSuchVersion", "NoSuchBucket" ->
          failure(
              Reason.NOT_FOUND,
              where,
              "does not exist",
              "check bucket, prefix, name and version, or publish it there");
      case "AccessDenied", "AllAccessDisabled" -> denied(where);
      case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" ->
          failure(
              Reason.REFUSED,
              where,
              "is refused to this session token",
              "the supplier of credentials must return newer ones");
      case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity" ->
          failure(
              Reason.REFUSED,
              where,
              "is refused to this key",
              "check key, secret, region and endpoint of the bucket");
      case "RequestTimeTooSkewed" ->
          failure(
              Reason.REFUSED,
              where,
              "is refused for the time of the request",
              "set the device's clock, or let the server send its own in the header Date");
      case "PermanentRedirect",
          "TemporaryRedirect",
          "Redirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException" ->
          failure(Reason.REFUSED, where, "is somewhere else", "name the bucket with " + place());
      case "InvalidObjectState" ->
          failure(
              Reason.REFUSED,
              where,
              "is in an archive",
              "restore it, or keep what devices fetch in another storage class");
      case "InvalidRange" ->
          failure(
              Reason.REFUSED,
              where,
              "has no byte " + askedBytes,
              "it is not the file that was begun; publish it there again");
      case "SlowDown",
          "ServiceUnavailable",
          "InternalError",
          "RequestTimeout",
          "OperationAborted" ->
          answer.refusedForNow(code);
      default -> other(answer, where);
    };
  }

  /**
   * Says it as whoever writes must hear it.
   *
   * @param answer the answer that it was in
   * @param where the address that was asked, for people
   * @param right what it takes, such as {@code s3:PutObject}
   */
  TransferException toRefusal(HttpAnswer answer, String where, String right) {
    return switch (code) {
      case "XAmzContentSHA256Mismatch", "BadDigest", "IncompleteBody", "InvalidDigest" ->
          failure(
              Reason.CORRUPT,
              where,
              "came with other bytes than were sent",
              "something on the way changes them");
      case "ConditionalRequestConflict" -> answer.refusedForNow(code);
      case "NotImplemented" ->
          failure(
              Reason.REFUSED,
              where,
              "wants something that this store does not know",
              "it may be conditional writes, without which two publishers are not kept apart");
      case "AccessDenied", "AllAccessDisabled", "" ->
          answer.status() == 403 ? forbidden(where, right) : toException(answer, where, 0);
      default -> toException(answer, where, 0);
    };
  }

  private TransferException forbidden(String where, String right) {
    return new TransferException(
        Reason.FORBIDDEN,
        "'"
            + where
            + "' is refused to these credentials (403): they need "
            + right
            + " there, and must meet what the policy of the bucket wants, such as encryption.",
        where);
  }

  private TransferException denied(String where) {
    if (isOutdated) {
      return failure(
          Reason.REFUSED,
          where,
          "was presigned for a time that is over",
          "the function of addresses must make one that is good for the whole transfer");
    }
    return failure(
        Reason.NOT_FOUND,
        where,
        "does not exist, or may not be read by this device",
        "check the name, and that it may s3:GetObject; with s3:ListBucket the store tells which");
  }

  private String place() {
    String there =
        region.map(name -> "region '" + name + "'").orElse("")
            + (region.isPresent() && endpoint.isPresent() ? " and " : "")
            + endpoint.map(name -> "endpoint '" + name + "'").orElse("");
    return there.isEmpty() ? "its own region and endpoint" : there;
  }

  private TransferException other(HttpAnswer answer, String where) {
    return switch (answer.status()) {
      case 408, 425, 429, 500, 502, 503, 504 -> answer.refusedForNow(code);
      default ->
          failure(
              Reason.REFUSED,
              where,
              "is refused with status " + answer.status(),
              "look the code up in the documentation of the store");
    };
  }

  private TransferException failure(Reason reason, String where, String what, String advice) {
    return new TransferException(
        reason, "'" + where + "' " + what + " (" + code + "): " + advice + ".", where);
  }
}
