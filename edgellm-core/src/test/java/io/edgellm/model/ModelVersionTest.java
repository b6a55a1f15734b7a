package io.edgellm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelVersionTest {
  private static ModelVersion version(String text) {
    return ModelVersion.parse(text);
  }

  /** The examples of semver.org, paragraph 11. */
  @Test
  void ordersTheExamplesOfTheSpecification() {
    List<ModelVersion> ordered =
        List.of(
            version("1.0.0-alpha"),
            version("1.0.0-alpha.1"),
            version("1.0.0-alpha.beta"),
            version("1.0.0-beta"),
            version("1.0.0-beta.2"),
            version("1.0.0-beta.11"),
            version("1.0.0-rc.1"),
            version("1.0.0"),
            version("2.0.0"),
            version("2.1.0"),
            version("2.1.1"));
    long seed = 11;
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      List<ModelVersion> shuffled = new ArrayList<>(ordered);
      Collections.shuffle(shuffled, random);
      Collections.sort(shuffled);
      assertThat(shuffled).as("seed %d, round %d", seed, round).isEqualTo(ordered);
    }
  }

  @Test
  void givesBuildMetadataNoPrecedenceAndAnIdentity() {
    ModelVersion int8 = version("1.3.0+onnx-int8");
    ModelVersion int4 = version("1.3.0+onnx-int4");
    assertThat(ModelVersion.precedence().compare(int8, int4)).isZero();
    assertThat(int8).isNotEqualTo(int4).isGreaterThan(int4);
    assertThat(int8.build()).contains("onnx-int8");
  }

  @Test
  void comparesNumbersOfAnyLength() {
    assertThat(version("1.0.0-99999999999999999999"))
        .isLessThan(version("1.0.0-100000000000000000000"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.4",
        "10.20.30",
        "1.1.2-prerelease+meta",
        "1.1.2+meta-valid",
        "1.0.0-alpha.0valid",
        "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
        "1.0.0-0a.1---rc",
        "2.0.0+build.1848",
        "1.0.0+0.build.1-rc.10000aaa-kk-0.1"
      })
  void readsWhatTheSpecificationAllows(String text) {
    assertThat(version(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1.2",
        "1.2.3-0123",
        "1.2.3-0123.0123",
        "1.1.2+.123",
        "+invalid",
        "-invalid",
        "alpha",
        "alpha.1",
        "1.0.0-alpha_beta",
        "1.0.0-alpha..1",
        "01.1.1",
        "1.01.1",
        "1.1.01",
        "1.2.3.dev",
        "1.2-snapshot",
        "1.2.31.2.3----rc-snapshot.12.09.1--..12+788",
        "-1.0.3-gamma",
        "1.0.0+a+b",
        "9999999999999999999999.0.0",
        "1.0.0-ALPHA",
        "1.0.0\n",
        "1.0.0/..",
        "１.0.0"
      })
  void refusesWhatIsNotAVersion(String text) {
    assertThatThrownBy(() -> version(text))
        .isInstanceOfSatisfying(
            ModelException.class,
            e -> assertThat(e.reason()).isEqualTo(ModelException.Reason.INVALID_VALUE));
  }

  @Test
  void refusesWhatIsTooLongForADirectory() {
    assertThatThrownBy(() -> version("1.0.0-" + "a".repeat(123)))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void isATagOfAnOciRegistry() {
    assertThat(version("1.3.0+onnx-int8").ociTag()).isEqualTo("1.3.0_onnx-int8");
  }
}
