package io.edgellm.transfer.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Sha256;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The signatures that AWS has published: of its S3 API reference, and of its signing test suite.
 */
final class SignatureV4Test {
  private static final String NO_BODY = Sha256.of(new byte[0]).hex();

  @Test
  void writesTheTimeInUtc() {
    assertThat(SignatureV4.time(Instant.parse("2013-05-24T00:00:00.999Z")))
        .isEqualTo("20130524T000000Z");
  }

  @ParameterizedTest
  @CsvSource({
    "/?lifecycle, fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    "/?max-keys=2&prefix=J, 34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    "/?prefix=J&max-keys=2, 34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
  })
  void signsTheListingsOfTheS3Reference(String target, String signature) {
    assertThat(documented("GET", target, Map.of(), NO_BODY))
        .endsWith("SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=" + signature);
  }

  @Test
  void signsTheRangeOfTheS3Reference() {
    assertThat(documented("GET", "/test.txt", Map.of("range", "bytes=0-9"), NO_BODY))
        .isEqualTo(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + " SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature="
                + "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  }

  @Test
  void signsTheUploadOfTheS3Reference() {
    String body = Sha256.of("Welcome to Amazon S3.".getBytes(StandardCharsets.UTF_8)).hex();
    Map<String, String> headers =
        Map.of(
            "date", "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class", "REDUCED_REDUNDANCY");
    assertThat(documented("PUT", "/test%24file.text", headers, body))
        .endsWith("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  }

  private static String documented(
      String method, String target, Map<String, String> more, String payload) {
    SortedMap<String, String> headers = new TreeMap<>(more);
    headers.put("host", "examplebucket.s3.amazonaws.com");
    headers.put("x-amz-content-sha256", payload);
    headers.put("x-amz-date", "20130524T000000Z");
    return new SignatureV4("us-east-1", "s3")
        .authorization(
            method,
            URI.create("https://examplebucket.s3.amazonaws.com" + target),
            headers,
            payload,
            S3Credentials.of("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
  }

  @ParameterizedTest
  @CsvSource({
    "get-vanilla, GET, '', 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    "get-utf8, GET, /%E1%88%B4, 8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
    "get-space-unnormalized, GET, /example%20space/,"
        + " 652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
    "get-unreserved, GET, /-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz,"
        + " 07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    "get-slash-unnormalized, GET, //,"
        + " c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e",
    "get-slashes-unnormalized, GET, //example//,"
        + " 87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5",
    "get-vanilla-empty-query-key, GET, /?Param1=value1,"
        + " a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
    "get-vanilla-query-order-key-case, GET, /?Param2=value2&Param1=value1,"
        + " b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    "get-vanilla-query-order-encoded, GET, /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1,"
        + " 371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
    "get-vanilla-utf8-query, GET, /?%E1%88%B4=bar,"
        + " 2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    "post-vanilla, POST, /, 5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    "post-vanilla-query, POST, /?Param1=value1,"
        + " 28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"
  })
  void signsTheRequestsOfTheTestSuite(String name, String method, String target, String signature) {
    assertThat(suite(method, target, Map.of())).as(name).endsWith("Signature=" + signature);
  }

  @Test
  void signsTheHeadersOfTheTestSuite() {
    assertThat(suite("GET", "/", Map.of("my-header1", " value1", "my-header2", " \"a   b   c\"")))
        .as("get-header-value-trim")
        .endsWith("acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");
    assertThat(suite("GET", "/", Map.of("my-header1", "value4,value1,value3,value2")))
        .as("get-header-value-order")
        .endsWith("08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01");
    assertThat(suite("POST", "/", Map.of("my-header1", "VALUE1")))
        .as("post-header-value-case")
        .endsWith("cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d");
  }

  @Test
  void signsTheSessionTokenOfTheTestSuite() {
    String token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
    assertThat(suite("GET", "/", Map.of("x-amz-security-token", token)))
        .endsWith("07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8");
  }

  private static String suite(String method, String target, Map<String, String> more) {
    SortedMap<String, String> headers = new TreeMap<>(more);
    headers.put("host", "example.amazonaws.com");
    headers.put("x-amz-date", "20150830T123600Z");
    return new SignatureV4("us-east-1", "service")
        .authorization(
            method,
            URI.create("https://example.amazonaws.com" + target),
            headers,
            NO_BODY,
            S3Credentials.of("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"));
  }

  @Test
  void theReferenceOfTheTestsAgreesWithAmazonToo() {
    ReferenceSignature reference =
        new ReferenceSignature(
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "20130524/us-east-1/s3/aws4_request",
            "20130524T000000Z");
    Map<String, String> query =
        Map.of(
            "X-Amz-Algorithm", "AWS4-HMAC-SHA256",
            "X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request",
            "X-Amz-Date", "20130524T000000Z",
            "X-Amz-Expires", "86400",
            "X-Amz-SignedHeaders", "host");
    assertThat(
            reference.of(
                "GET",
                "/test.txt",
                query,
                List.of("host"),
                name -> "examplebucket.s3.amazonaws.com",
                "UNSIGNED-PAYLOAD"))
        .isEqualTo("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  }
}
