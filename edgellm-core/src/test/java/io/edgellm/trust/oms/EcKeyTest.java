package io.edgellm.trust.oms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys and a signature that OpenSSL 3.0 made for this test, and keys of our own. */
final class EcKeyTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final String OLD_FORM =
      """
      -----BEGIN EC PRIVATE KEY-----
      MHcCAQEEIN0ItAdmYOSGBYD1ct6Zm/3ATCw7d8VLoZLAYWasiZmroAoGCCqGSM49
      AwEHoUQDQgAECGDVClHk8Uoh/yY2RG2u6TLBbaHCdPQ5zAJacu1NxW4KkBNUTTJ3
      deKDTiE8w2ZJZjNWYwIrfrbOZxf80hPUgA==
      -----END EC PRIVATE KEY-----
      """;
  private static final String PKCS8 =
      """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3Qi0B2Zg5IYFgPVy
      3pmb/cBMLDt3xUuhksBhZqyJmauhRANCAAQIYNUKUeTxSiH/JjZEba7pMsFtocJ0
      9DnMAlpy7U3FbgqQE1RNMnd14oNOITzDZklmM1ZjAit+ts5nF/zSE9SA
      -----END PRIVATE KEY-----
      """;
  private static final String PUBLIC =
      """
      -----BEGIN PUBLIC KEY-----
      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECGDVClHk8Uoh/yY2RG2u6TLBbaHC
      dPQ5zAJacu1NxW4KkBNUTTJ3deKDTiE8w2ZJZjNWYwIrfrbOZxf80hPUgA==
      -----END PUBLIC KEY-----
      """;
  private static final byte[] SIGNED_HELLO =
      Base64.getDecoder()
          .decode(
              "MEUCIQDDxjE2g+Rwn0G1fdmViJM+YwbuKpvs08rNs2Km0n9vOAIgcs9rC3NNOW6TC4uxemyFB5mPoPZcphwi"
                  + "Itf5dOvISTM=");

  @Test
  void verifiesASignatureOfOpenSsl() throws OmsFault {
    EcVerificationKey key = EcVerificationKey.fromPem(PUBLIC);
    assertThat(key.verifies(HELLO, SIGNED_HELLO)).isTrue();
    assertThat(key.verifies(PUBLIC.getBytes(StandardCharsets.US_ASCII), SIGNED_HELLO)).isFalse();
  }

  @Test
  void readsBothFormsOfPrivateKeysAndWritesTheNewOneAsOpenSslDoes() throws OmsFault {
    for (String pem : new String[] {OLD_FORM, PKCS8}) {
      EcSigningKey key = EcSigningKey.fromPem(pem);
      assertThat(key.publicKey().toPem()).isEqualTo(PUBLIC);
      assertThat(key.toPem()).isEqualTo(PKCS8);
    }
  }

  @ParameterizedTest
  @EnumSource
  void signsOnEachCurve(EcdsaCurve curve) throws OmsFault {
    EcSigningKey key = EcSigningKey.generate(curve);
    EcSigningKey read = EcSigningKey.fromPem(key.toPem());
    EcVerificationKey publicKey = EcVerificationKey.fromPem(key.publicKey().toPem());
    assertThat(publicKey.curve()).isEqualTo(curve);
    assertThat(publicKey.verifies(HELLO, read.sign(HELLO))).isTrue();
  }

  @Test
  void ignoresTextAroundTheKey() throws OmsFault {
    assertThat(EcVerificationKey.fromPem("Public Key Info:\n\tCurve: P-256\n\n" + PUBLIC).toPem())
        .isEqualTo(PUBLIC);
    assertThat(EcVerificationKey.fromPem(PUBLIC.replace("\n", "\r\n")).hint())
        .isEqualTo(EcVerificationKey.fromPem(PUBLIC).hint());
  }

  @Test
  void refusesASignatureOfZeros() throws OmsFault {
    byte[] zeros = HexFormat.of().parseHex("3006020100020100");
    assertThat(EcVerificationKey.fromPem(PUBLIC).verifies(HELLO, zeros)).isFalse();
  }

  @Test
  void refusesKeysOfOtherKinds() {
    String secp256k1 =
        """
        -----BEGIN PUBLIC KEY-----
        MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAENVcpcw6kRe7y0cXGsuY5cvWbcWlqVOGn
        Okl49MTqAwxtHZEeNkAaUq1CdIYgjcmgWxoiO8x/BD4XasXAUQp56A==
        -----END PUBLIC KEY-----
        """;
    String ed25519 =
        """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAtqRmHBL5SIm1mjea98RjpEIbBgs7XhNBk3ox8XFqCSI=
        -----END PUBLIC KEY-----
        """;
    for (String pem : new String[] {secp256k1, ed25519, PKCS8, "", "-----BEGIN PUBLIC KEY-----"}) {
      assertThatThrownBy(() -> EcVerificationKey.fromPem(pem)).isInstanceOf(OmsFault.class);
    }
  }

  @Test
  void refusesAPointThatIsNotOnTheCurve() {
    assertThatThrownBy(() -> EcVerificationKey.fromPem(PUBLIC.replace("hPUgA==", "hPUgQ==")))
        .isInstanceOf(OmsFault.class);
  }

  @Test
  void refusesAPrivateKeyWithThePublicKeyOfAnother() {
    byte[] der = Base64.getMimeDecoder().decode(PKCS8.replaceAll("-----.*-----", ""));
    String other = EcSigningKey.generate(EcdsaCurve.P256).toPem();
    byte[] otherDer = Base64.getMimeDecoder().decode(other.replaceAll("-----.*-----", ""));
    System.arraycopy(otherDer, der.length - 64, der, der.length - 64, 64);
    assertThatThrownBy(() -> EcSigningKey.fromPem(new Pem("PRIVATE KEY", Octets.of(der)).text()))
        .hasMessageContaining("belong together");
  }

  @Test
  void meetsDamagedKeysWithFaultsOnly() {
    byte[] der = Base64.getMimeDecoder().decode(PKCS8.replaceAll("-----.*-----", ""));
    long seed = 42L;
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      byte[] damaged = der.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      String pem = new Pem("PRIVATE KEY", Octets.of(damaged)).text();
      try {
        EcSigningKey.fromPem(pem);
      } catch (OmsFault e) {
        assertThat(e.sentence()).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " round " + round, e);
      }
    }
  }
}
