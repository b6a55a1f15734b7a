package io.edgellm.transfer.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signature Version 4 as a store computes it, from what arrived: written from the description of
 * the algorithm and not from the signer, so that both can be wrong only in the same sentence.
 *
 * @param secret the secret key that the store has on file
 * @param scope {@code date/region/service/aws4_request}
 * @param time as in {@code x-amz-date}
 */
public record ReferenceSignature(String secret, String scope, String time) {
  /**
   * Returns the signature.
   *
   * @param query by names and values as they arrived, escaped; without the signature itself
   * @param signedHeaders the names that the request says are signed
   * @param header returns the value of a header
   */
  public String of(
      String method,
      String path,
      Map<String, String> query,
      List<String> signedHeaders,
      UnaryOperator<String> header,
      String payload) {
    StringBuilder form = new StringBuilder(method + "\n" + path + "\n");
    String separator = "";
    for (Map.Entry<String, String> parameter : new TreeMap<>(query).entrySet()) {
      form.append(separator).append(parameter.getKey()).append('=').append(parameter.getValue());
      separator = "&";
    }
    form.append('\n');
    for (String name : signedHeaders) {
      form.append(name).append(':').append(header.apply(name).trim()).append('\n');
    }
    form.append('\n').append(String.join(";", signedHeaders)).append('\n').append(payload);
    byte[] key = ("AWS4" + secret).getBytes(UTF_8);
    for (String part : scope.split("/", -1)) {
      key = keyed(key, part);
    }
    return hex(
        keyed(key, "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + sha256(form.toString())));
  }

  private static byte[] keyed(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "RAW"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String sha256(String text) {
    try {
      return hex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(String.format("%02x", b));
    }
    return text.toString();
  }
}
