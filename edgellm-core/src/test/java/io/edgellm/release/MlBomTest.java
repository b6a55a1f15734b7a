package io.edgellm.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.trust.SignedRelease;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.cyclonedx.Version;
import org.cyclonedx.exception.ParseException;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MlBomTest {
  private final ReleaseSigner signer = ReleaseSigner.generate();
  @TempDir Path temporary;
  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = SampleRelease.copyModel(temporary);
  }

  private SignedRelease everything() {
    return signer.sign(PapersScene.describe(model).build());
  }

  private static Bom read(MlBom bom) throws IOException, ParseException {
    byte[] json = bom.toJson().getBytes(UTF_8);
    assertThat(new JsonParser().validate(json, Version.VERSION_16)).isEmpty();
    return new JsonParser().parse(json);
  }

  private static String digest(Component component) {
    return component.getHashes().get(0).getValue();
  }

  @Test
  void isValidByTheSchemaOfTheStandard() throws IOException, ParseException {
    Bom bom =
        read(
            new MlBom(
                everything(),
                new MlBom.Considerations(
                    List.of("commands of a desktop"), List.of("English only"), List.of())));
    Component subject = bom.getMetadata().getComponent();
    assertThat(subject.getType()).isEqualTo(Component.Type.MACHINE_LEARNING_MODEL);
    assertThat(subject.getVersion()).isEqualTo("1.4.0+onnx-int8");
    assertThat(subject.getLicenses().getExpression().getValue())
        .isEqualTo("(Apache-2.0) AND (MIT OR BSD-3-Clause)");
    assertThat(subject.getModelCard().getConsiderations().getTechnicalLimitations())
        .containsExactly("English only");
    assertThat(subject.getModelCard().getQuantitativeAnalysis().getPerformanceMetrics()).hasSize(5);
    assertThat(bom.getMetadata().getTimestamp()).isEqualTo(SampleRelease.CLOCK.instant());
  }

  @Test
  void aReleaseOfWhichLittleIsSaidHasAValidBillToo() throws IOException, ParseException {
    SignedRelease little = signer.sign(SampleRelease.describe(model, "assistant", "1.0.0").build());
    Bom bom = read(new MlBom(little));
    assertThat(bom.getComponents()).hasSize(little.manifest().files().size() + 1);
  }

  @Test
  void namesEveryFileAndAllThatTheModelWasMadeOf() throws IOException, ParseException {
    SignedRelease release = everything();
    Bom bom = read(new MlBom(release));
    for (Artifact file : release.manifest().files()) {
      assertThat(bom.getComponents())
          .anySatisfy(
              c -> {
                assertThat(c.getName()).isEqualTo(file.path());
                assertThat(digest(c)).isEqualTo(file.sha256().hex());
              });
    }
    Component manifest = bom.getComponents().get(0);
    assertThat(digest(manifest)).isEqualTo(Sha256.of(release.manifestJson()).hex());
    Component base =
        bom.getMetadata().getComponent().getPedigree().getAncestors().getComponents().get(0);
    assertThat(digest(base)).isEqualTo(PapersScene.SOURCE.hex());
    assertThat(bom.getComponents())
        .filteredOn(c -> c.getType() == Component.Type.DATA)
        .extracting(MlBomTest::digest)
        .containsExactly(PapersScene.CALIBRATION.hex(), PapersScene.VALIDATION.hex());
    assertThat(bom.getMetadata().getToolChoice().getComponents().get(0).getName())
        .isEqualTo("edgellm-quantizer");
    assertThat(bom.getDependencies().get(0).getDependencies())
        .hasSize(release.manifest().files().size() + 5);
  }

  @Test
  void theSameReleaseHasTheSameBillAndAnotherOneAnotherNumber() {
    SignedRelease release = everything();
    assertThat(new MlBom(release).toJson()).isEqualTo(new MlBom(release).toJson());
    SignedRelease other = signer.sign(PapersScene.describe(model).rollbackIndex(1).build());
    assertThat(number(new MlBom(release))).isNotEqualTo(number(new MlBom(other)));
  }

  private static String number(MlBom bom) {
    return bom.toJson().replaceFirst(".*\"serialNumber\":\"([^\"]+)\".*", "$1");
  }
}
