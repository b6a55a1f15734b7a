package io.edgellm.trust.oms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures, envelopes and links around a payload that is right. */
final class MalformedSignatureTest {
  private static final Partition FILES = new Partition.WholeFiles();
  private static final BigInteger ORDER = EcdsaCurve.P256.parameters().getOrder();

  @TempDir Path temporary;
  private SignedPayloads payloads = new SignedPayloads(Path.of(""));

  @BeforeEach
  void writeModel() throws IOException {
    payloads = SignedPayloads.in(temporary);
  }

  private byte[] payload() {
    return payloads.describe(FILES).toJson();
  }

  private byte[] signature() {
    return SignedPayloads.KEY.sign(
        DsseEnvelope.preAuthenticationEncoding(DsseEnvelope.IN_TOTO, payload()));
  }

  private void verify(byte[] bundle) throws OmsFault {
    payloads.verify(bundle, Symlinks.REFUSED);
  }

  private void assertRefused(OmsFault.Kind kind, byte[] bundle) {
    assertThatThrownBy(() -> verify(bundle))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).as(e.sentence()).isEqualTo(kind));
  }

  private void assertBad(byte[] signature) {
    assertRefused(
        OmsFault.Kind.BAD_SIGNATURE,
        SignedPayloads.bundle(DsseEnvelope.IN_TOTO, payload(), signature));
  }

  private static byte[] signature(BigInteger r, BigInteger s) {
    return Der.element(
        Der.SEQUENCE,
        Der.element(Der.INTEGER, r.toByteArray()),
        Der.element(Der.INTEGER, s.toByteArray()));
  }

  @Test
  void verifiesBothNumbersThatSignTheSame() throws OmsFault {
    Der numbers = new Der(signature()).sequence();
    BigInteger r = numbers.integer();
    BigInteger s = numbers.integer();
    for (BigInteger either : List.of(s, ORDER.subtract(s))) {
      verify(SignedPayloads.bundle(DsseEnvelope.IN_TOTO, payload(), signature(r, either)));
    }
  }

  @Test
  void refusesNumbersThatAreOutOfRange() throws OmsFault {
    Der numbers = new Der(signature()).sequence();
    BigInteger r = numbers.integer();
    BigInteger s = numbers.integer();
    assertBad(signature(BigInteger.ZERO, BigInteger.ZERO));
    assertBad(signature(BigInteger.ZERO, s));
    assertBad(signature(r, BigInteger.ZERO));
    assertBad(signature(r.add(ORDER), s));
    assertBad(signature(r, s.add(ORDER)));
    assertBad(signature(r, s.negate()));
    assertBad(signature(ORDER, ORDER));
    assertBad(signature(BigInteger.ONE, BigInteger.ONE));
  }

  @Test
  void refusesEveryEncodingButOne() throws OmsFault {
    byte[] valid = signature();
    byte[] content = new Der(valid).read(Der.SEQUENCE);
    Der numbers = new Der(content);
    byte[] r = numbers.read(Der.INTEGER);
    byte[] s = numbers.read(Der.INTEGER);
    byte[] padded = new byte[s.length + 1];
    System.arraycopy(s, 0, padded, 1, s.length);

    assertBad(new byte[0]);
    assertBad(Arrays.copyOf(valid, valid.length + 1));
    assertBad(Arrays.copyOf(valid, valid.length - 1));
    assertBad(Der.element(Der.SEQUENCE, content, new byte[] {5, 0}));
    assertBad(
        Der.element(Der.SEQUENCE, Der.element(Der.INTEGER, r), Der.element(Der.INTEGER, padded)));
    byte[] longLength = new byte[content.length + 3];
    longLength[0] = Der.SEQUENCE;
    longLength[1] = (byte) 0x81;
    longLength[2] = (byte) content.length;
    System.arraycopy(content, 0, longLength, 3, content.length);
    assertBad(longLength);
    byte[] indefinite = new byte[content.length + 4];
    indefinite[0] = Der.SEQUENCE;
    indefinite[1] = (byte) 0x80;
    System.arraycopy(content, 0, indefinite, 2, content.length);
    assertBad(indefinite);
    // As two plain numbers of 32 bytes, which other formats use.
    assertBad(new byte[64]);
  }

  @Test
  void refusesAHashThatDoesNotBelongToTheCurve() throws Exception {
    for (List<String> pair :
        List.of(
            List.of("secp384r1", "SHA256withECDSA"),
            List.of("secp256r1", "SHA384withECDSA"),
            List.of("secp521r1", "SHA384withECDSA"))) {
      KeyPair keys = TestCertificate.keys("EC:" + pair.get(0));
      Signature signer = Signature.getInstance(pair.get(1));
      signer.initSign(keys.getPrivate());
      signer.update(DsseEnvelope.preAuthenticationEncoding(DsseEnvelope.IN_TOTO, payload()));
      EcVerificationKey key = EcSigningKey.of(keys).publicKey();
      byte[] bundle =
          SignatureBundle.write(
              key.hint().hex(),
              new DsseEnvelope(
                  DsseEnvelope.IN_TOTO, Octets.of(payload()), Octets.of(signer.sign())));
      assertThatThrownBy(() -> new KeyVerifier(key).verify(SignatureBundle.parse(bundle)))
          .as(pair.toString())
          .isInstanceOfSatisfying(
              OmsFault.class, e -> assertThat(e.kind()).isEqualTo(OmsFault.Kind.BAD_SIGNATURE));
    }
  }

  @Test
  void refusesAPayloadOfAnotherTypeThoughItIsSignedAsSuch() {
    for (String type : List.of("application/json", "", "application/vnd.in-toto+JSON")) {
      assertRefused(OmsFault.Kind.MALFORMED, SignedPayloads.sign(type, payload()));
    }
  }

  private byte[] edited(UnaryOperator<String> change) {
    String valid = new String(SignedPayloads.sign(payload()), StandardCharsets.UTF_8);
    String changed = change.apply(valid);
    assertThat(changed).isNotEqualTo(valid);
    return changed.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void refusesABundleThatIsMoreOrLessThanOneSignature() {
    for (UnaryOperator<String> change :
        List.<UnaryOperator<String>>of(
            b -> b.replaceFirst("\"signatures\":\\[(.*?)\\]", "\"signatures\":[$1,$1]"),
            b -> b.replaceFirst("\"signatures\":\\[.*?\\]", "\"signatures\":[]"),
            b -> b.replaceFirst("\"signatures\":\\[(.*?)\\]", "\"signatures\":$1"),
            b -> b.replaceFirst("\"sig\":", "\"sig\":\"AAAA\",\"sig\":"),
            b -> b.replaceFirst("\"payload\":", "\"payload\":\"e30=\",\"payload\":"),
            b -> b.replaceFirst("\"payload\":\"", "\"payload\":\"="),
            b -> b.replaceFirst("\"dsseEnvelope\":", "\"messageSignature\":{},\"dsseEnvelope\":"),
            b -> b.replaceFirst("\"publicKey\":", "\"publicKey\":{},\"publicKey\":"),
            b -> "\ufeff" + b,
            b -> b + b,
            b -> b + "\u0000")) {
      assertRefused(OmsFault.Kind.MALFORMED, edited(change));
    }
  }

  @Test
  void refusesALinkWhateverTheSignerSaysUnlessTheCallerAgrees() throws Exception {
    Path target = Files.writeString(temporary.resolve("outside.bin"), "outside");
    Files.createSymbolicLink(payloads.model().resolve("c.bin"), target);
    Statement followed =
        OmsSigner.describe(payloads.model(), IgnoredPaths.git(), FILES, Symlinks.FOLLOWED);
    byte[] allowed = SignedPayloads.sign(followed.toJson());
    assertRefused(OmsFault.Kind.UNEXPECTED_FILES, allowed);
    payloads.verify(allowed, Symlinks.FOLLOWED);

    byte[] forbidden =
        SignedPayloads.sign(
            new String(followed.toJson(), StandardCharsets.UTF_8)
                .replace("\"allow_symlinks\":true", "\"allow_symlinks\":false")
                .getBytes(StandardCharsets.UTF_8));
    for (Symlinks symlinks : Symlinks.values()) {
      assertThatThrownBy(() -> payloads.verify(forbidden, symlinks))
          .isInstanceOfSatisfying(
              OmsFault.class, e -> assertThat(e.kind()).isEqualTo(OmsFault.Kind.UNEXPECTED_FILES));
    }
  }

  @Test
  void acceptsTheFormsThatOthersWrite() throws OmsFault {
    verify(SignedPayloads.sign(payloads.changed(FILES, p -> " \n" + p + "\n")));
    verify(
        SignedPayloads.sign(
            payloads.changed(FILES, p -> p.replace("\"a.bin\"", "\"\\u0061.bin\""))));
    verify(
        SignedPayloads.sign(
            payloads.edited(FILES, s -> SignedPayloads.serialization(s).remove("ignore_paths"))));
    verify(
        SignedPayloads.sign(
            payloads.edited(
                new Partition.Shards(1_000_000_000),
                s -> SignedPayloads.serialization(s).put("shard_size", 1e9))));
    verify(SignedPayloads.sign(payloads.describe(new Partition.Shards(Long.MAX_VALUE)).toJson()));
  }
}
