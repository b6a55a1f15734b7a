package io.edgellm.transfer.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.model.Sha256;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * AWS Signature Version 4 in the {@code Authorization} header, after "Create a signed AWS API
 * request" of the IAM user guide: a digest of the request in a canonical form, under a key that is
 * derived for one day, region and service.
 *
 * <p>A path is signed as it is in the address, neither encoded a second time nor normalised, which
 * is what S3 alone does.
 */
final class SignatureV4 {
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int DATE_LENGTH = 8;

  private final String region;
  private final String service;

  SignatureV4(String region, String service) {
    this.region = region;
    this.service = service;
  }

  /** Returns the value of {@code x-amz-date}. */
  static String time(Instant instant) {
    return TIME.format(instant);
  }

  /**
   * Returns the value of {@code Authorization}.
   *
   * @param method such as GET
   * @param address path and query escaped as they are sent, in upper-case hexadecimal digits
   * @param headers those to sign, by names in lower case; {@code host} and {@code x-amz-date} are
   *     among them
   * @param payload the digest of the body in hexadecimal digits, or a word that stands for it
   * @param credentials what to sign with
   */
  String authorization(
      String method,
      URI address,
      SortedMap<String, String> headers,
      String payload,
      S3Credentials credentials) {
    String names = String.join(";", headers.keySet());
    String request =
        String.join(
            "\n",
            method,
            canonicalPath(address),
            canonicalQuery(address),
            canonicalHeaders(headers),
            names,
            payload);
    String time = headers.getOrDefault("x-amz-date", "");
    String date = time.substring(0, DATE_LENGTH);
    String scope = String.join("/", date, region, service, "aws4_request");
    String toSign =
        String.join("\n", ALGORITHM, time, scope, Sha256.of(request.getBytes(UTF_8)).hex());
    String signature =
        HexFormat.of().formatHex(hmac(key(credentials.secretAccessKey(), date), toSign));
    return ALGORITHM
        + " Credential="
        + credentials.accessKeyId()
        + "/"
        + scope
        + ", SignedHeaders="
        + names
        + ", Signature="
        + signature;
  }

  private static String canonicalPath(URI address) {
    return address.getRawPath().isEmpty() ? "/" : address.getRawPath();
  }

  private static String canonicalQuery(URI address) {
    if (address.getRawQuery() == null) {
      return "";
    }
    return Arrays.stream(address.getRawQuery().split("&", -1))
        .map(parameter -> parameter.contains("=") ? parameter : parameter + "=")
        .map(parameter -> parameter.split("=", 2))
        .sorted(Arrays::compare)
        .map(parameter -> parameter[0] + "=" + parameter[1])
        .collect(Collectors.joining("&"));
  }

  private static String canonicalHeaders(SortedMap<String, String> headers) {
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, String> header : headers.entrySet()) {
      lines
          .append(header.getKey())
          .append(':')
          .append(header.getValue().strip().replaceAll(" +", " "))
          .append('\n');
    }
    return lines.toString();
  }

  private byte[] key(String secret, String date) {
    byte[] ofDay = hmac(("AWS4" + secret).getBytes(UTF_8), date);
    return hmac(hmac(hmac(ofDay, region), service), "aws4_request");
  }

  private static byte[] hmac(byte[] key, String message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA256.", e);
    }
  }
}
