package io.edgellm.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.release.ReleaseException.Reason;
import io.edgellm.trust.oms.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyFileTest {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);
  private static final Passphrase PASSWORD = "correct horse"::toCharArray;

  /**
   * One key, protected by the password "secret": {@code openssl pkcs8 -topk8} of OpenSSL 3.0 with
   * {@code -v2prf hmacWithSHA512 -v2 aes-128-cbc}, {@code -v1 PBE-SHA1-3DES} and {@code -scrypt}.
   */
  private static final String OPENSSL_PBES2 =
      """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi4dt/wNkKWwwICCAAw
      DAYIKoZIhvcNAgsFADAdBglghkgBZQMEAQIEEN8beNOlc9lpSMnq1i+MGsUEgZD0
      dLYcNvxVWY5cA/udTl+VFL5Ob12zubjxHU3IjkDZrkl3H1z8eY8axaeCRRm7C4Vu
      ooC9MeVzpfZXHQgLIVm+jLxcfX/LaBvEMqai09vyxySOHvIoVbRtBUDLT79dufSf
      5ijVIGUIE7iYrywI0277/91TJykYEgACdEdQTBWLZA9RSK5a/9J26O3224b6nog=
      -----END ENCRYPTED PRIVATE KEY-----
      """;

  private static final String OPENSSL_3DES =
      """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIGxMBwGCiqGSIb3DQEMAQMwDgQIwCDX8OoFNQsCAggABIGQ58RaPw6uA6U+uNVC
      K4ezQ9uXnM2IOqh/DwTAvcsEAPPmjuJzV6BWY2FFtw+QW8nlqBALnsrzEaia0y4k
      R9Nk68tWaofY9zCEdIzlEvDSH75LqtZviTmyL/zN1+3Q/oiS3TyYr1rzw6Nhn7eE
      FHxzQEcLbAVOkXUODH88UJksJun3weNCusMf4LM93Hlg24A0
      -----END ENCRYPTED PRIVATE KEY-----
      """;

  private static final String OPENSSL_SCRYPT =
      """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAgBwTRS9FulPgICQAAC
      AQgCAQEwHQYJYIZIAWUDBAEqBBAbvcE8Z48DtFDoNPmpirz0BIGQbteVyT/sx4bj
      ovapoa4Whr3iYGMtFVrtf6qX92Mg75ERHApfRTeJMiv9r9Bwvb43bvYZVgbG6TfE
      +r6XJrj9aKAimKJ87py3FhnXD0SD9IZWo3G+81PQrBU2vH2J+HvoL9zA9aAXJkdM
      8H0G7Wwsx4bwGn87P5/XYNRQufGKoXPc+UAWMPR103YVELosS9Sc
      -----END ENCRYPTED PRIVATE KEY-----
      """;

  @TempDir Path directory;

  private static void refused(Reason reason, String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ReleaseException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(words);
  }

  private static void sameKey(SigningKey one, SigningKey other) throws Exception {
    assertThat(one.publicKey()).isEqualTo(other.publicKey());
    SignatureScheme scheme = SignatureScheme.of(one.publicKey());
    assertThat(scheme.verifies(one.publicKey(), MESSAGE, other.sign(MESSAGE))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(KeyAlgorithm.class)
  void readsAKeyThatItSaved(KeyAlgorithm algorithm) throws Exception {
    KeyFile key = KeyFile.generate(algorithm);
    Path file = directory.resolve("key.pem");
    key.save(file);
    sameKey(key, KeyFile.read(file));
  }

  @ParameterizedTest
  @EnumSource(KeyAlgorithm.class)
  void readsAKeyThatItSavedUnderAPassword(KeyAlgorithm algorithm) throws Exception {
    KeyFile key = KeyFile.generate(algorithm);
    Path file = directory.resolve("key.pem");
    key.save(file, PASSWORD);
    sameKey(key, KeyFile.read(file, PASSWORD));
  }

  @Test
  void readsAKeyThatOpensslProtected() {
    KeyFile key = KeyFile.fromPem(OPENSSL_PBES2, "secret"::toCharArray);
    assertThat(ReleaseSigner.of(key).publicKey().algorithm()).isEqualTo("ecdsa-p256");
  }

  @Test
  void showsNothingOfAProtectedKey() throws Exception {
    KeyFile key = KeyFile.generate(KeyAlgorithm.ECDSA_P256);
    Path file = directory.resolve("key.pem");
    key.save(file, PASSWORD);
    String text = Files.readString(file);
    assertThat(text).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    assertThat(Pem.blocks(text)).hasSize(1);
    assertThat(key.toString()).isEqualTo("private key for SHA256withECDSA");
  }

  @Test
  void asksForAPasswordOnlyWhereThereIsOne() {
    Path file = directory.resolve("key.pem");
    KeyFile.generate(KeyAlgorithm.ED25519).save(file);
    assertThat(KeyFile.read(file, Passphrase.none())).isNotNull();
    refused(Reason.BAD_KEY, "name a file", () -> KeyFile.fromPem(OPENSSL_PBES2));
  }

  @Test
  void wipesThePasswordThatItUsed() {
    char[] secret = "secret".toCharArray();
    KeyFile.fromPem(OPENSSL_PBES2, () -> secret);
    assertThat(secret).containsOnly('\0');
  }

  @Test
  void refusesAWrongPasswordWithoutRepeatingIt() {
    refused(
        Reason.BAD_KEY,
        "the password is wrong",
        () -> KeyFile.fromPem(OPENSSL_PBES2, "guess"::toCharArray));
    assertThatThrownBy(() -> KeyFile.fromPem(OPENSSL_PBES2, "guess"::toCharArray))
        .hasMessageNotContaining("guess");
  }

  @Test
  void refusesAPasswordThatJavaCannotUse() {
    refused(
        Reason.BAD_KEY, "ASCII", () -> KeyFile.fromPem(OPENSSL_PBES2, "Schlüssel"::toCharArray));
    refused(
        Reason.BAD_KEY,
        "ASCII",
        () ->
            KeyFile.generate(KeyAlgorithm.ED25519)
                .save(directory.resolve("key.pem"), "Schlüssel"::toCharArray));
    assertThat(directory.resolve("key.pem")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {OPENSSL_3DES, OPENSSL_SCRYPT})
  void saysHowToRewriteAKeyThatIsProtectedInAnotherWay(String pem) {
    refused(
        Reason.BAD_KEY,
        "openssl pkcs8 -topk8 -v2 aes-256-cbc",
        () -> KeyFile.fromPem(pem, "secret"::toCharArray));
  }

  @Test
  void readsThePasswordFromTheFirstLineOfAFile() throws IOException {
    Path file = Files.writeString(directory.resolve("password"), "secret\nand a remark\n");
    assertThat(KeyFile.fromPem(OPENSSL_PBES2, Passphrase.inFile(file))).isNotNull();
    Files.writeString(file, "\n");
    refused(
        Reason.BAD_KEY,
        "first line",
        () -> KeyFile.fromPem(OPENSSL_PBES2, Passphrase.inFile(file)));
    refused(
        Reason.IO,
        "cannot be read",
        () -> KeyFile.fromPem(OPENSSL_PBES2, Passphrase.inFile(directory.resolve("none"))));
  }

  @Test
  void savesAKeyForItsOwnerOnly() throws IOException {
    assumeTrue(
        directory.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "this file system has no POSIX permissions");
    Path file = directory.resolve("key.pem");
    KeyFile.generate(KeyAlgorithm.ECDSA_P256).save(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void neverOverwritesAKey() throws IOException {
    Path file = Files.writeString(directory.resolve("key.pem"), "precious");
    KeyFile key = KeyFile.generate(KeyAlgorithm.ECDSA_P256);
    refused(Reason.EXISTS, "another name", () -> key.save(file));
    refused(Reason.EXISTS, "another name", () -> key.save(file, PASSWORD));
    assertThat(file).hasContent("precious");
  }

  @Test
  void refusesDamagedFilesByName() throws Exception {
    byte[] der = Pem.blocks(OPENSSL_PBES2).get(0).content().toBytes();
    long seed = 7L;
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 300; round++) {
      byte[] damaged = der.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      String pem = new Pem("ENCRYPTED PRIVATE KEY", io.edgellm.trust.oms.Octets.of(damaged)).text();
      try {
        KeyFile.fromPem(pem, "secret"::toCharArray);
      } catch (ReleaseException e) {
        assertThat(e.reason()).as("seed %d, round %d", seed, round).isEqualTo(Reason.BAD_KEY);
      }
    }
  }

  @Test
  void signsReleasesOnCurvesAlone() {
    refused(
        Reason.BAD_KEY, "P-256", () -> ReleaseSigner.of(KeyFile.generate(KeyAlgorithm.ED25519)));
  }

  @Test
  void believesNoSignatureOfADeviceUnseen() {
    KeyFile own = KeyFile.generate(KeyAlgorithm.ECDSA_P256);
    KeyFile other = KeyFile.generate(KeyAlgorithm.ECDSA_P256);
    SigningKey broken =
        new SigningKey() {
          @Override
          public java.security.PublicKey publicKey() {
            return own.publicKey();
          }

          @Override
          public byte[] sign(byte[] message) {
            return other.sign(message);
          }
        };
    refused(
        Reason.BAD_KEY,
        "no signature by it",
        () -> ReleaseSigner.of(broken).signStatement(new byte[0]));
  }
}
