package io.edgellm.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.NodeRule;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.inference.quantize.QuantizationReport;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample model against what its card and its golden file say. */
class SampleModelDriftTest {
  private static final Path GENAI = SampleMaterial.SAMPLE.resolve("genai/model.onnx");
  private static final Path OPTIMUM = SampleMaterial.SAMPLE.resolve("optimum/onnx/model.onnx");
  private static final QuantizationRecipe INT4 =
      QuantizationRecipe.of(new BlockFormat(4, 32, true));
  private static final QuantizationRecipe INT2 =
      QuantizationRecipe.of(new BlockFormat(2, 32, false))
          .with(new NodeRule.KeepFloat("*lm_head*"));

  @Test
  void countsPerplexityAsTheGoldenFileDoes() throws Exception {
    DriftReport report = compare(GENAI, OPTIMUM, SampleMaterial.all());

    assertThat(report.all().tokens()).isEqualTo(32_475);
    assertThat(report.answers().tokens()).isEqualTo(15_943);
    assertThat(report.all().reference()).isCloseTo(2.031921606902507, within(1e-5));
    assertThat(report.answers().reference()).isCloseTo(1.016933448034782, within(1e-5));
    assertThat(report.all().candidate()).isCloseTo(2.031921611392632, within(1e-5));
    assertThat(report.answers().candidate()).isCloseTo(1.0169334428170507, within(1e-5));
    assertThat(report.probes().referenceRight()).isEqualTo(149); // 98.0 % of 152
    assertThat(report.probes().candidateRight()).isEqualTo(149);
  }

  @Test
  void seesNoDriftBetweenAModelAndItself() throws Exception {
    DriftReport report = compare(GENAI, GENAI, SampleMaterial.every(20, 10));

    assertThat(report.divergence().max()).isZero();
    assertThat(report.probabilityChange().rms()).isZero();
    assertThat(report.all().ratio()).isEqualTo(1);
    assertThat(report.all().logRatioError()).isZero();
    assertThat(report.sameBest()).isEqualTo(1);
    assertThat(report.topOverlap()).isEqualTo(1);
    assertThat(report.divergences()).isEmpty();
  }

  @Test
  void seesLittleDriftInFourBits(@TempDir Path temp) throws Exception {
    DriftReport report = compare(GENAI, quantize(INT4, "genai", temp), SampleMaterial.every(10, 4));

    assertThat(report.all().ratio()).isBetween(1.005, 1.04);
    assertThat(report.answers().ratio()).isBetween(1.0, 1.01);
    assertThat(report.divergence().mean()).isBetween(0.001, 0.05);
    assertThat(report.sameBest()).isGreaterThan(0.92);
    assertThat(report.topOverlap()).isGreaterThan(0.8);
    assertThat(report.probes().candidateRight())
        .isGreaterThanOrEqualTo(report.probes().referenceRight() - 2);
  }

  @Test
  void seesThatTwoBitsRuinTheModelInBothLayouts(@TempDir Path temp) throws Exception {
    DriftMaterial material = SampleMaterial.every(20, 4);

    for (String layout : new String[] {"genai", "optimum"}) {
      Path reference = layout.equals("genai") ? GENAI : OPTIMUM;
      DriftReport report =
          compare(reference, quantize(INT2, layout, temp.resolve(layout)), material);

      assertThat(report.all().ratio()).as(layout).isBetween(1.5, 2.1);
      assertThat(report.answers().ratio()).as(layout).isBetween(1.15, 1.4);
      assertThat(report.probes().candidateRight())
          .as(layout)
          .isLessThan(report.probes().referenceRight() * 2 / 3);
      assertThat(report.probes().lost()).as(layout).isNotEmpty();
      assertThat(report.probes().firstDivergence()).as(layout).isPresent();
    }
  }

  private static DriftReport compare(Path reference, Path candidate, DriftMaterial material) {
    try (OnnxTeacherForced one = OnnxTeacherForced.open(reference, 1);
        OnnxTeacherForced two = OnnxTeacherForced.open(candidate, 1)) {
      return new DriftMeter(one, two).measure(material);
    }
  }

  private static Path quantize(QuantizationRecipe recipe, String layout, Path temp) {
    Path target = temp.resolve("quantized");
    QuantizationReport report =
        new ModelQuantizer(recipe).quantize(SampleMaterial.SAMPLE.resolve(layout), target);
    return target.resolve(report.graph());
  }
}
