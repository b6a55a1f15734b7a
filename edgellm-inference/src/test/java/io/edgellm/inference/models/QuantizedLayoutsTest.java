package io.edgellm.inference.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.graph.SessionSettings;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.QuantizationRecipe;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layouts with weights of fewer bits, as our own quantizer writes them. */
class QuantizedLayoutsTest {
  /** Activations in fp32, so that the weights are all that differs. */
  private static final int FULL = 1;

  private static final double TOLERANCE_OF_BYTES = 0.15;
  private static final int COUNT = 14;
  private static final int[] IDS = new Random(3).ints(COUNT, 3, Architecture.VOCABULARY).toArray();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "GENAI,4",
    "GENAI,8",
    "OPTIMUM,4",
    "OPTIMUM,8",
    "LOGITS_TO_KEEP,4",
    "COMBINED_CACHE,8",
    "CONVOLUTIONS,4",
    "LAYERS_OF_OTHER_SIZES,4"
  })
  void computesWhatTheRoundedWeightsDo(LayoutRow row, int bits) throws Exception {
    TinyModel full = row.write(folder.resolve("full"));
    Path small = folder.resolve("small");
    new ModelQuantizer(
            QuantizationRecipe.of(new BlockFormat(bits, 32, true)).withAccuracyLevel(FULL))
        .quantize(full.directory(), small);
    assertAgrees(small, full.reference().roundedTo(bits), TinyModel.EXACT);
  }

  /**
   * The steps of the inputs depend on what is read in one pass, so that little more can be said.
   */
  @Test
  void runsGraphsThatRoundTheirInputsToBytes() throws Exception {
    TinyModel model = LayoutRow.OPTIMUM.write(folder.resolve("model"));
    DynamicBytes.rewrite(model.graph());
    assertAgrees(model.directory(), model.reference(), TOLERANCE_OF_BYTES);
  }

  private static void assertAgrees(Path model, ReferenceDecoder reference, double tolerance)
      throws Exception {
    ModelDirectory directory = ModelDirectory.open(model);
    try (DecoderGraph graph =
            DecoderGraph.open(
                RuntimeGuard.ofThisProcess(false).start(),
                directory,
                ModelLayout.read(directory),
                SessionSettings.single(1, false, 5, 40));
        RunInterrupt none = new RunInterrupt()) {
      FloatBuffer logits = graph.read(0, IDS, 0, COUNT, 1, none);
      float[] expected = reference.logits(IDS)[COUNT - 1];
      double largest = 0;
      double off = 0;
      for (int i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        off = Math.max(off, Math.abs(expected[i] - logits.get(i)));
      }
      assertThat(off / largest).isLessThan(tolerance);
    }
  }
}
