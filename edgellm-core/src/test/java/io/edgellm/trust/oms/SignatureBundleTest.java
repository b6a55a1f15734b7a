package io.edgellm.trust.oms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SignatureBundleTest {
  private static final String PAYLOAD =
      Base64.getEncoder().encodeToString("{}".getBytes(StandardCharsets.UTF_8));
  private static final String KEY_MATERIAL = "{\"publicKey\":{\"hint\":\"ab\"},\"tlogEntries\":[]}";
  private static final String SIGNATURE = "{\"sig\":\"AAAA\",\"keyid\":\"\"}";

  private static String bundle(String material, String signatures) {
    return "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\","
        + "\"verificationMaterial\":"
        + material
        + ",\"dsseEnvelope\":{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\""
        + PAYLOAD
        + "\",\"signatures\":["
        + signatures
        + "]}}";
  }

  private static SignatureBundle parse(String json) throws OmsFault {
    return SignatureBundle.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefused(String json) {
    assertThatThrownBy(() -> parse(json))
        .as(json)
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).isEqualTo(OmsFault.Kind.MALFORMED));
  }

  @Test
  void readsTheMaterialOfEachMethod() throws OmsFault {
    assertThat(parse(bundle(KEY_MATERIAL, SIGNATURE)).material())
        .isEqualTo(new VerificationMaterial.PublicKey("ab"));
    assertThat(
            parse(
                    bundle(
                        "{\"x509CertificateChain\":{\"certificates\":[{\"rawBytes\":\"AQ==\"}]}}",
                        SIGNATURE))
                .material()
                .method())
        .isEqualTo("certificate");
    assertThat(
            parse(
                    bundle(
                        "{\"certificate\":{\"rawBytes\":\"AQ==\"},\"tlogEntries\":[{}]}",
                        SIGNATURE))
                .material()
                .method())
        .isEqualTo("sigstore");
  }

  @Test
  void acceptsEveryFormOfTheKeyThatOlderSignersWrote() throws OmsFault {
    assertThat(
            parse(
                    bundle(
                        "{\"publicKey\":{\"rawBytes\":\"AQ==\",\"keyDetails\":\"P\"}}",
                        "{\"sig\":\"AAAA\",\"keyid\":null}"))
                .material())
        .isEqualTo(new VerificationMaterial.PublicKey(null));
    parse(bundle(KEY_MATERIAL, "{\"sig\":\"AAAA\"}"));
  }

  @Test
  void refusesAnyNumberOfSignaturesButOne() {
    assertRefused(bundle(KEY_MATERIAL, ""));
    assertRefused(bundle(KEY_MATERIAL, SIGNATURE + "," + SIGNATURE));
  }

  @Test
  void refusesTwoOrNoClaimsAboutTheSigner() {
    assertRefused(bundle("{}", SIGNATURE));
    assertRefused(
        bundle(
            "{\"publicKey\":{\"hint\":\"ab\"},\"certificate\":{\"rawBytes\":\"AQ==\"},"
                + "\"tlogEntries\":[{}]}",
            SIGNATURE));
  }

  @Test
  void refusesAKeylessSignatureWithoutALogEntry() {
    assertRefused(
        bundle("{\"certificate\":{\"rawBytes\":\"AQ==\"},\"tlogEntries\":[]}", SIGNATURE));
    assertRefused(bundle("{\"certificate\":{\"rawBytes\":\"AQ==\"}}", SIGNATURE));
  }

  @Test
  void refusesWhatIsNotABundleOfThisVersion() {
    String valid = bundle(KEY_MATERIAL, SIGNATURE);
    assertRefused("");
    assertRefused("[]");
    assertRefused("null");
    assertRefused(valid.replace("v0.3", "v0.4"));
    assertRefused(valid.replace("vnd.in-toto+json", "json"));
    assertRefused(valid.replace("\"AAAA\"", "\"A?AA\""));
    assertRefused(valid.replace("\"dsseEnvelope\"", "\"messageSignature\""));
    assertRefused(valid.replace("\"mediaType\"", "\"more\":1,\"mediaType\""));
    assertRefused(valid + "{}");
    assertRefused(valid.replace("\"sig\":", "\"sig\":\"AAAA\",\"sig\":"));
    assertRefused("[".repeat(100_000));
  }

  @Test
  void refusesMoreThanEightMebibytes() {
    byte[] large = new byte[SignatureBundle.MAX_BYTES + 1];
    Arrays.fill(large, (byte) ' ');
    assertThatThrownBy(() -> SignatureBundle.parse(large)).isInstanceOf(OmsFault.class);
  }

  @Test
  void encodesTypeAndPayloadWithTheirLengths() {
    // The example of the specification of DSSE.
    assertThat(
            DsseEnvelope.preAuthenticationEncoding(
                "http://example.com/HelloWorld", "hello world".getBytes(StandardCharsets.UTF_8)))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  }

  @Test
  void meetsDamagedBundlesWithFaultsOnly() {
    long seed = 815L;
    SplittableRandom random = new SplittableRandom(seed);
    List<String> valid =
        List.of(
            bundle(KEY_MATERIAL, SIGNATURE),
            bundle("{\"certificate\":{\"rawBytes\":\"AQ==\"},\"tlogEntries\":[{}]}", SIGNATURE),
            bundle(
                "{\"x509CertificateChain\":{\"certificates\":[{\"rawBytes\":\"AQ==\"}]}}",
                SIGNATURE));
    for (int round = 0; round < 5_000; round++) {
      byte[] bytes = valid.get(random.nextInt(valid.size())).getBytes(StandardCharsets.UTF_8);
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] =
            (byte)
                (random.nextBoolean()
                    ? random.nextInt(256)
                    : "{}[]\",:0\\".charAt(random.nextInt(9)));
      }
      if (random.nextInt(4) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      }
      try {
        SignatureBundle.parse(bytes);
      } catch (OmsFault e) {
        assertThat(e.sentence()).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " round " + round, e);
      }
    }
  }
}
