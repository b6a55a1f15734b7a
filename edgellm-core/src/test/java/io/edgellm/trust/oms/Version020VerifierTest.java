package io.edgellm.trust.oms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Signature;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Signatures of v0.2.0 count only where somebody asks for them, and only in their own form. */
final class Version020VerifierTest {
  private static final KeyPair KEYS = TestCertificate.keys("EC:secp384r1");
  private static final String DIGEST = Sha256.of(new byte[1]).hex();
  private static final String OLD =
      """
      {"_type": "https://in-toto.io/Statement/v1",
       "subject": [{"name": "it's a.bin", "digest": {"sha256": "%s"},
                    "annotations": {"actual_hash_algorithm": "file-sha256"}}],
       "predicateType": "https://model_signing/Digests/v0.1",
       "predicate": {"unused": "Unused, just passed due to API requirements"}}
      """
          .formatted(DIGEST);

  private static KeyVerifier signer() {
    try {
      return new KeyVerifier(EcSigningKey.of(KEYS).publicKey());
    } catch (OmsFault e) {
      throw new AssertionError(e);
    }
  }

  /** Signs as v0.2.0 did. */
  private static SignatureBundle sign(String payload) throws Exception {
    Octets octets = Octets.of(payload.getBytes(StandardCharsets.UTF_8));
    DsseEnvelope unsigned = new DsseEnvelope(DsseEnvelope.IN_TOTO, octets, Octets.of(new byte[0]));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(KEYS.getPrivate());
    signature.update(Version020Verifier.encoding(unsigned));
    return SignatureBundle.parse(
        SignatureBundle.write(
            signer().key().hint().hex(),
            new DsseEnvelope(DsseEnvelope.IN_TOTO, octets, Octets.of(signature.sign()))));
  }

  private static void assertRefused(String payload) throws Exception {
    SignatureBundle bundle = sign(payload);
    assertThatThrownBy(() -> new Version020Verifier(signer()).verify(bundle))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).isEqualTo(OmsFault.Kind.MALFORMED));
  }

  @Test
  void readsTheOldStatementAsWholeFiles() throws Exception {
    SignedStatement signed = new Version020Verifier(signer()).verify(sign(OLD));
    assertThat(signed.signer()).isEqualTo(signer());
    assertThat(signed.statement().fileNames()).containsExactly("it's a.bin");
    assertThat(signed.statement().serialization().allowSymlinks()).isFalse();
    assertThat(signed.statement().serialization().ignoredPaths()).isEmpty();
  }

  @Test
  void isRefusedByASignerWhoIsNotAskedForIt() throws Exception {
    SignatureBundle bundle = sign(OLD);
    assertThatThrownBy(() -> signer().verify(bundle))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).isEqualTo(OmsFault.Kind.BAD_SIGNATURE));
  }

  @Test
  void stillVerifiesWhatIsSignedToday() throws Exception {
    Statement today =
        new Statement(
            "model",
            new Serialization(new Partition.WholeFiles(), false, List.of()),
            List.of(new Resource("a.bin", new Sha256(DIGEST))));
    byte[] bundle = new OmsSigner(EcSigningKey.of(KEYS)).sign(today);
    assertThat(new Version020Verifier(signer()).verify(SignatureBundle.parse(bundle)).statement())
        .isEqualTo(today);
    assertRefused(new String(today.toJson(), StandardCharsets.UTF_8));
  }

  @Test
  void refusesAnOldStatementInTheEnvelopeOfToday() throws Exception {
    Octets payload = Octets.of(OLD.getBytes(StandardCharsets.UTF_8));
    byte[] signature =
        EcSigningKey.of(KEYS)
            .sign(DsseEnvelope.preAuthenticationEncoding(DsseEnvelope.IN_TOTO, payload.toBytes()));
    SignatureBundle bundle =
        SignatureBundle.parse(
            SignatureBundle.write(
                signer().key().hint().hex(),
                new DsseEnvelope(DsseEnvelope.IN_TOTO, payload, Octets.of(signature))));
    assertThatThrownBy(() -> new Version020Verifier(signer()).verify(bundle))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).isEqualTo(OmsFault.Kind.MALFORMED));
  }

  @Test
  void refusesOldStatementsThatAreWrongInThemselves() throws Exception {
    assertRefused(OLD.replace("it's a.bin", "../a.bin"));
    assertRefused(OLD.replace("it's a.bin", "/a.bin"));
    assertRefused(OLD.replace("file-sha256", "file-sha256-1000"));
    assertRefused(OLD.replace(DIGEST, DIGEST.substring(2)));
    assertRefused(OLD.replaceFirst("(?s)\"subject\": \\[.*?\\]", "\"subject\": []"));
    assertRefused(OLD.replaceFirst("(?s)\"subject\": \\[(.*?)\\]", "\"subject\": [$1,$1]"));
    assertRefused(OLD.replace("\"predicate\":", "\"_type\":"));
  }

  @Test
  void refusesAnotherSignature() throws Exception {
    SignatureBundle other =
        SignatureBundle.parse(
            new String(sign(OLD).json().toBytes(), StandardCharsets.UTF_8)
                .replaceFirst("\"payload\":\"[^\"]*\"", "\"payload\":\"e30=\"")
                .getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> new Version020Verifier(signer()).verify(other))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).isEqualTo(OmsFault.Kind.BAD_SIGNATURE));
  }

  @Test
  void printsBytesAsPythonDoes() {
    assertThat(print("a\t\n\r\\ \u0001\u007fé"))
        .isEqualTo("b'a\\t\\n\\r\\\\ \\x01\\x7f\\xc3\\xa9'");
    assertThat(print("\"")).isEqualTo("b'\"'");
    assertThat(print("'")).isEqualTo("b\"'\"");
    assertThat(print("'\"")).isEqualTo("b'\\'\"'");
  }

  private static String print(String text) {
    return new String(
        Version020Verifier.asPythonPrints(text.getBytes(StandardCharsets.UTF_8)),
        StandardCharsets.US_ASCII);
  }
}
