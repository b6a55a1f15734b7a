package io.edgellm.release.tuf;

import static io.edgellm.release.tuf.TufPublisherTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.release.ReleaseException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TufKeyTest {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

  /** The private key of RFC 8410, section 10.3. */
  private static final String RFC_8410 =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
      -----END PRIVATE KEY-----
      """;

  /** The public key of RFC 6979, section A.2.5, on P-256. */
  private static final String RFC_6979 =
      """
      -----BEGIN PUBLIC KEY-----
      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7
      Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
      -----END PUBLIC KEY-----
      """;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  /**
   * The ids are what securesystemslib 1.x computes: {@code
   * SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(bytes.fromhex("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"))).keyid}
   * and the same with {@code EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()}.
   */
  @Test
  void aKeyHasTheIdThatTheReferenceImplementationGivesIt() {
    assertThat(TufSigningKey.fromPem(RFC_8410).key().id())
        .isEqualTo("946bbfb4fd58b1aeac3ddb00f68fd8c8dea7e9a84e6c149b1c10b36b707c38fd");
    assertThat(TufKey.fromPem(RFC_6979).id())
        .isEqualTo("716d622ec609eff48475645919645bb30ef604f59a69c764608fb64272dd5fe5");
  }

  @ParameterizedTest
  @EnumSource(TufAlgorithm.class)
  void aSavedKeySignsAsBefore(TufAlgorithm algorithm) {
    TufSigningKey key = TufSigningKey.generate(algorithm);
    Path file = directory.resolve("key.pem");
    key.save(file);
    TufSigningKey read = TufSigningKey.read(file);
    assertThat(read.key()).isEqualTo(key.key());
    assertThat(key.key().verifies(MESSAGE, read.sign(MESSAGE))).isTrue();
    assertThat(read.key().scheme()).isEqualTo(algorithm.scheme());
  }

  @Test
  void aPrivateKeyDoesNotShowItself() {
    TufSigningKey key = TufSigningKey.fromPem(RFC_8410);
    assertThat(key.toString()).isEqualTo("signer ed25519 946bbfb4fd58");
  }

  @Test
  void refusesKeysOfOtherKinds() throws GeneralSecurityException {
    KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
    small.initialize(1024);
    refused(Reason.BAD_KEY, () -> TufKey.of(small.generateKeyPair().getPublic()));
    KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
    curve.initialize(384);
    refused(Reason.BAD_KEY, () -> TufKey.of(curve.generateKeyPair().getPublic()));
    KeyPairGenerator exchange = KeyPairGenerator.getInstance("X25519");
    refused(Reason.BAD_KEY, () -> TufKey.of(exchange.generateKeyPair().getPublic()));
  }

  @Test
  void refusesFilesThatHoldNoKey() throws IOException {
    Path file = Files.writeString(directory.resolve("key.pem"), RFC_6979);
    refused(Reason.BAD_KEY, () -> TufSigningKey.read(file));
    refused(Reason.BAD_KEY, () -> TufKey.fromPem(RFC_8410));
    refused(Reason.BAD_KEY, () -> TufSigningKey.fromPem(RFC_8410.replace("MC4C", "MC4D")));
    refused(Reason.IO, () -> TufSigningKey.read(directory.resolve("none.pem")));
  }
}
