package io.edgellm.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.edgellm.model.ModelId;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.release.SampleRelease;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsSigner;
import io.edgellm.trust.oms.Partition;
import io.edgellm.trust.oms.Resource;
import io.edgellm.trust.oms.Serialization;
import io.edgellm.trust.oms.Statement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes in, the answer is a value or a {@link TrustException}. */
final class TrustFuzzTest {
  private static final long SEED = 20_300_601;
  private static final List<String> PIECES =
      List.of(
          "\"",
          "{",
          "}",
          "[",
          "]",
          ":",
          ",",
          "null",
          "true",
          "-1",
          "1e999",
          "0.5",
          "\\u0000",
          "\\ud800",
          "99999999999999999999",
          "sha256",
          "2030-13-01T00:00:00Z",
          "+1000000000-01-01T00:00:00Z",
          "PT-1S",
          "..",
          "/",
          "refused",
          "current",
          "\u00e9");
  private static final String PATTERN = "aZ0-_.*/\\: \n\u00e9\ud83d";

  @TempDir Path directory;

  private static byte[] damaged(byte[] genuine, Random random) {
    byte[] bytes = genuine.clone();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(bytes.length);
      bytes =
          switch (random.nextInt(4)) {
            case 0 -> flipped(bytes, at, random);
            case 1 -> joined(bytes, at, piece(random), at);
            case 2 -> joined(bytes, at, piece(random), Math.min(bytes.length, at + 8));
            default -> joined(bytes, at, new byte[0], Math.min(bytes.length, at + 1));
          };
    }
    return bytes;
  }

  private static byte[] flipped(byte[] bytes, int at, Random random) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  private static byte[] piece(Random random) {
    return PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] joined(byte[] bytes, int end, byte[] piece, int begin) {
    byte[] all = Arrays.copyOf(bytes, end + piece.length + bytes.length - begin);
    System.arraycopy(piece, 0, all, end, piece.length);
    System.arraycopy(bytes, begin, all, end + piece.length, bytes.length - begin);
    return all;
  }

  private static void assertAnswers(long seed, ThrowingCallable work) {
    Throwable thrown = catchThrowable(work);
    if (thrown != null) {
      assertThat(thrown).as("seed %d", seed).isInstanceOf(TrustException.class);
    }
  }

  @Test
  void damagedReceipts() {
    List<VerificationReceipt> receipts = VerificationReceiptTest.receipts();
    for (long seed = SEED; seed < SEED + 2000; seed++) {
      Random random = new Random(seed);
      byte[] damaged = damaged(receipts.get(random.nextInt(receipts.size())).toJson(), random);
      assertAnswers(seed, () -> VerificationReceipt.fromJson(damaged).describe());
    }
  }

  @Test
  void damagedPapers() throws IOException {
    SignedRelease release = release();
    byte[] manifest = release.manifestJson();
    byte[] signature = release.signature();
    for (long seed = SEED; seed < SEED + 800; seed++) {
      Random random = new Random(seed);
      byte[] damaged = damaged(random.nextBoolean() ? manifest : signature, random);
      assertAnswers(seed, () -> SignedRelease.of(damaged, signature));
      assertAnswers(seed, () -> SignedRelease.of(manifest, damaged));
    }
  }

  @Test
  void damagedManifestsWithASignatureThatFits() throws IOException, OmsFault {
    byte[] manifest = release().manifestJson();
    EcSigningKey key = EcSigningKey.generate(EcdsaCurve.P256);
    PolicyModelVerifier verifier =
        PolicyModelVerifier.of(
            TrustPolicy.builder()
                .signer("team", SignerKey.fromPem(key.publicKey().toPem()), "*")
                .signatureAlone()
                .build(),
            SampleRelease.CLOCK);
    for (long seed = SEED; seed < SEED + 150; seed++) {
      byte[] damaged = damaged(manifest, new Random(seed));
      byte[] signature =
          new OmsSigner(key)
              .sign(
                  new Statement(
                      "model",
                      new Serialization(new Partition.WholeFiles(), false, List.of()),
                      List.of(new Resource(ReleaseManifest.FILE_NAME, Sha256.of(damaged)))));
      assertAnswers(seed, () -> verifier.examine(SignedRelease.of(damaged, signature)));
    }
  }

  @Test
  void policiesOfNonsense() {
    SignerKey key = ReleaseSigner.generate().publicKey();
    for (long seed = SEED; seed < SEED + 4000; seed++) {
      Random random = new Random(seed);
      String text = text(random);
      assertAnswers(
          seed,
          () ->
              new TrustPolicy.Signer("x", new Credential.Key(key), List.of(text))
                  .maySign(new ModelId("a")));
      assertAnswers(
          seed, () -> TrustPolicy.builder().signer(text, key, "*").signatureAlone().build());
      assertAnswers(seed, () -> new Credential.Keyless(text, text(random)));
      assertAnswers(seed, () -> CertificateNames.identity("uri:" + text));
      assertAnswers(seed, () -> CertificateNames.identity("subject:" + text));
      assertAnswers(seed, () -> CertificateNames.authorities(text));
      assertAnswers(
          seed,
          () -> new AttestationRule(List.of(text), text, List.of(text), List.of(), List.of()));
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(PATTERN.charAt(random.nextInt(PATTERN.length())));
    }
    return text.toString();
  }

  private SignedRelease release() throws IOException {
    Path model = SampleRelease.copyModel(directory);
    return ReleaseSigner.generate()
        .sign(SampleRelease.describe(model, "assistant", "1.0.0").build());
  }
}
