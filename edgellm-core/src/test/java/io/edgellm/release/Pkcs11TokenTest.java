package io.edgellm.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignerKey;
import io.edgellm.trust.TrustPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys on a token: SoftHSM, a token in software, through Java's provider for PKCS#11. */
final class Pkcs11TokenTest {
  private static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  private static final String PIN = "7350921";

  @TempDir Path directory;

  private String slot = "";

  @BeforeEach
  void makeAToken() throws Exception {
    assumeTrue(
        Files.exists(LIBRARY),
        LIBRARY + " is not there: install the package softhsm2 for this test");
    Files.createDirectory(directory.resolve("tokens"));
    Files.writeString(
        directory.resolve("softhsm2.conf"),
        "directories.tokendir = " + directory.resolve("tokens") + "\nlog.level = ERROR\n");
    Files.writeString(directory.resolve("pin"), PIN + "\n");
    String made =
        run(
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label",
            "test",
            "--pin",
            PIN,
            "--so-pin",
            PIN);
    Matcher m = Pattern.compile("slot (\\d+)").matcher(made);
    assertThat(m.find()).as(made).isTrue();
    slot = m.group(1);
  }

  private String run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SOFTHSM2_CONF", directory.resolve("softhsm2.conf").toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  /** Makes a key with a self-signed certificate, as the documentation says. */
  private void makeAKey(String label, String... algorithm) throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("provider.cfg"),
            "name = token\nlibrary = " + LIBRARY + "\nslot = " + slot + "\n");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", label, "-dname", "CN=" + label));
    command.addAll(List.of(algorithm));
    command.addAll(List.of("-keystore", "NONE", "-storetype", "PKCS11"));
    command.addAll(List.of("-addprovider", "SunPKCS11", "-providerarg", config.toString()));
    command.addAll(List.of("-storepass:file", directory.resolve("pin").toString()));
    run(command.toArray(String[]::new));
  }

  private String address(String label) {
    return "pkcs11:slot-id="
        + slot
        + ";object="
        + label
        + "?module-path="
        + LIBRARY
        + "&pin-source=file:"
        + directory.resolve("pin");
  }

  private String host(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(TokenHost.class.getName());
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"secp256r1, ecdsa-p256", "secp384r1, ecdsa-p384", "secp521r1, ecdsa-p521"})
  void aKeyOfATokenSignsAReleaseThatDevicesAccept(String curve, String algorithm) throws Exception {
    makeAKey("release", "-keyalg", "EC", "-groupname", curve);
    Path model = SampleRelease.copyModel(directory);
    assertThat(host("release", address("release"), model.toString())).startsWith(algorithm + " ");
    TrustPolicy policy =
        TrustPolicy.builder()
            .signer("team", SignerKey.read(directory.resolve("key.pub")), "assistant")
            .signatureAlone()
            .build();
    assertThat(PolicyModelVerifier.of(policy).verify(model).orElseThrow().receipt().identity())
        .startsWith(algorithm + " ");
  }

  @ParameterizedTest
  @CsvSource({
    "-keyalg EC -groupname secp256r1, ecdsa-sha2-nistp256, EC",
    "-keyalg RSA -keysize 3072, rsassa-pss-sha256, RSA"
  })
  void aKeyOfATokenSignsMetadata(String options, String scheme, String algorithm) throws Exception {
    makeAKey("online", options.split(" ", -1));
    Path message = Files.writeString(directory.resolve("message"), "metadata");
    String[] answer = host("tuf", address("online"), message.toString()).split(" ", -1);
    assertThat(answer).hasSize(3);
    assertThat(answer[0]).isEqualTo(scheme);
    PublicKey key =
        KeyFactory.getInstance(algorithm)
            .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(answer[1])));
    assertThat(
            SignatureScheme.of(key)
                .verifies(key, Files.readAllBytes(message), Base64.getDecoder().decode(answer[2])))
        .isTrue();
  }

  @Test
  void refusesAWrongPinWithoutRepeatingIt() throws Exception {
    makeAKey("release", "-keyalg", "EC", "-groupname", "secp256r1");
    Files.writeString(directory.resolve("pin"), "0000000\n");
    assertThat(host("labels", address("release")))
        .startsWith("TOKEN: ")
        .contains("PIN")
        .doesNotContain("0000000");
  }

  @Test
  void namesTheKeysThatAreThere() throws Exception {
    makeAKey("release", "-keyalg", "EC", "-groupname", "secp256r1");
    assertThat(host("labels", address("other"))).isEqualTo("[release]");
    assertThat(host("tuf", address("other"), "none"))
        .startsWith("MISSING: ")
        .contains("'other'", "[release]");
  }

  @Test
  void refusesASlotWithoutAToken() throws Exception {
    slot = "99";
    assertThat(host("labels", address("release"))).startsWith("TOKEN: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/no/such/library.so", "/dev/null"})
  void refusesWhatIsNoLibrary(String library) throws Exception {
    assertThat(host("labels", address("release").replace(LIBRARY.toString(), library)))
        .startsWith("TOKEN: ");
  }
}
