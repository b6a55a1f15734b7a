package io.edgellm.transfer.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OciPlaceTest {
  private static final String HEX = Sha256.of(new byte[0]).hex();

  @Test
  void papersAreLayersOfTheirVersion() {
    assertThat(OciPlace.of("models/assistant/1.4.0-rc.1+onnx-int8-aarch64/release.json"))
        .contains(new OciPlace.Layer("assistant", "1.4.0-rc.1_onnx-int8-aarch64", "release.json"));
    assertThat(OciPlace.of("models/assistant/index.json"))
        .contains(new OciPlace.Layer("assistant", "index", "index.json"));
  }

  @Test
  void filesAndTargetsAreBlobs() {
    assertThat(OciPlace.of("blobs/sha256/" + HEX)).contains(new OciPlace.Anywhere(new Sha256(HEX)));
    assertThat(OciPlace.of("targets/models/assistant/1.0.0+x/" + HEX + ".release.sig"))
        .contains(new OciPlace.Blob("assistant", new Sha256(HEX)));
    assertThat(OciPlace.of("targets/models/assistant/" + HEX + ".index.json"))
        .contains(new OciPlace.Blob("assistant", new Sha256(HEX)));
  }

  @ParameterizedTest
  @CsvSource({
    "timestamp.json, timestamp.json",
    "12.models-assistant.json, 12.models-assistant.json",
    "1.a/b.json, 1.a_2Fb.json",
    "1.a_2Fb.json, 1.a_5F2Fb.json",
    ".hidden, _2Ehidden",
    "-x, _2Dx"
  })
  void everyFileOfMetadataHasATagOfItsOwn(String name, String tag) {
    assertThat(OciPlace.of("metadata/" + name)).contains(new OciPlace.Layer("tuf", tag, name));
  }

  @Test
  void aNameThatIsTooLongForATagIsItsDigest() {
    assertThat(OciTag.of("a".repeat(128))).hasSize(128);
    assertThat(OciTag.of("a".repeat(129))).hasSize(65).startsWith("_");
    assertThat(OciTag.of("\u00e4")).isEqualTo("_C3_A4");
  }

  @Test
  void versionsAndTagsAreOneToOne() {
    assertThat(OciTag.of(ModelVersion.parse("1.0.0+a.b-c"))).isEqualTo("1.0.0_a.b-c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blobs/sha256/abc",
        "blobs/sha512/x",
        "blobs",
        "models",
        "models/assistant",
        "models/assistant/other.json",
        "models/assistant/latest/release.json",
        "models/assistant/1.0.0/a/b",
        "models/UPPER/index.json",
        "models/a..b/index.json",
        "models/tuf/index.json",
        "targets/models/assistant/index.json",
        "targets/other.json",
        "metadata",
        "secret"
      })
  void whatIsNotKeptInARegistryHasNoPlace(String path) {
    assertThat(OciPlace.of(path)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://r", "https://r/path", "https://u:hush@r", "https://r?a", "r"})
  void refusesWhatIsNoAddressOfARegistry(String address) {
    assertThatThrownBy(() -> OciRegistry.at(URI.create(address), "acme"))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("hush");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "a/", "/a", "A", "a//b", "a:b", "../a", "a___b", "-a"})
  void refusesWhatIsNoNamespace(String namespace) {
    assertThatThrownBy(() -> OciRegistry.at(URI.create("https://r"), namespace))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry.example.com, https://cdn.example.com/x, true",
    "https://registry.example.com, http://cdn.example.com/x, false",
    "https://registry.example.com, http://registry.example.com/x, false",
    "https://registry.example.com, http://localhost/x, false",
    "https://registry.example.com, https://evil.example.com/x, false",
    "http://registry.lan:5000, http://registry.lan:5001/x, true",
    "http://registry.lan:5000, http://other.lan/x, false",
    "http://registry.lan:5000, https://cdn.example.com/x, true",
    "http://127.0.0.1:5000, http://localhost:80/x, true",
    "http://127.0.0.1:5000, http://127.0.0.1.evil.example.com/x, false",
    "http://127.0.0.1:5000, http://user@127.0.0.1/x, false",
    "https://registry.example.com, file:///etc/passwd, false"
  })
  void aDeviceGoesWhereItIsSentOnlyIfThatIsSafe(URI registry, URI to, boolean goes) {
    OciRegistry known =
        OciRegistry.at(registry, "acme").withOtherHosts(host -> !host.startsWith("evil"));
    assertThat(known.objection(to).isEmpty()).isEqualTo(goes);
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry-1.docker.io, https://auth.docker.io/token, true",
    "https://registry.gitlab.com, https://gitlab.com/jwt/auth, true",
    "https://ghcr.io, https://ghcr.io/token, true",
    "https://registry.example.com, https://registry.example.com:8443/token, true",
    "https://registry.example.com, https://example.org/token, false",
    "https://registry.example.com, https://notexample.com/token, false",
    "https://registry.acme.co.uk, https://auth.acme.co.uk/token, true",
    "https://registry.acme.co.uk, https://evil.co.uk/token, false",
    "https://10.1.0.1, https://10.2.0.1/token, false",
    "http://127.0.0.1:5000, http://127.0.0.1:5001/token, false",
    "http://127.0.0.1:5000, http://127.0.0.1:5000/token, true",
    "http://localhost:5000, http://127.0.0.1:5000/token, false"
  })
  void credentialsStayInTheDomainOfTheRegistryUnlessHostsAreNamed(
      URI registry, URI service, boolean shown) {
    OciRegistry known = OciRegistry.at(registry, "acme");
    assertThat(known.objectionToLogin(service).isEmpty()).isEqualTo(shown);
    assertThat(known.withOtherHosts(host -> true).objectionToLogin(service)).isEmpty();
  }
}
