package io.edgellm.inference.quantize;

import io.edgellm.inference.calibration.ActivationRanges;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Makes a model directory for accelerators that compute with whole numbers throughout: the ranges
 * of activations are fixed beforehand, from a {@link io.edgellm.inference.calibration.Calibrator},
 * and the graph says with QuantizeLinear and DequantizeLinear where which numbers are rounded to
 * what (QDQ, as {@code onnxruntime.quantization.quantize_static} writes it).
 *
 * <p>Weights are eight bits around zero; what is added to the product of a Gemm is 32 bits in steps
 * of both scales. What only moves numbers has one scale on both sides, and what is joined by Concat
 * has one scale too. What a graph takes and gives stays floating point, so that the engine runs it
 * like its source. Nodes that add a mask stay in fp32: beside numbers like minus 10^38 no code is
 * left for others.
 *
 * <p>The directory is made as {@link ModelQuantizer} makes one, whole or not at all. The same
 * source, recipe and ranges give the same bytes on every machine.
 *
 * <p>Immutable; may be used by several threads at once.
 */
public final class StaticQuantizer {
  private final StaticRecipe recipe;

  /**
   * @param recipe what to do
   */
  public StaticQuantizer(StaticRecipe recipe) {
    this.recipe = Objects.requireNonNull(recipe);
  }

  /**
   * Quantizes a model on the calling thread.
   *
   * @param model the directory of the fp32 model; only read
   * @param target the directory to make; must not exist
   * @param ranges of the activations of this very model; those with the digest of another are
   *     refused with {@code RANGES_MISMATCH}
   * @return what was done
   * @throws QuantizationException with the reason; the target does not exist then
   */
  public StaticReport quantize(Path model, Path target, ActivationRanges ranges) {
    return quantize(model, target, ranges, progress -> {}, () -> false);
  }

  /**
   * Quantizes a model on the calling thread, with progress and a way to stop.
   *
   * @param model the directory of the fp32 model; only read
   * @param target the directory to make; must not exist
   * @param ranges of the activations of this very model; those with the digest of another are
   *     refused with {@code RANGES_MISMATCH}
   * @param listener hears of every tensor
   * @param cancelled asked before every block of rows; true ends with {@code CANCELLED}
   * @return what was done
   * @throws QuantizationException with the reason; the target does not exist then
   */
  public StaticReport quantize(
      Path model,
      Path target,
      ActivationRanges ranges,
      QuantizationListener listener,
      BooleanSupplier cancelled) {
    return TargetModel.make(
        model,
        target,
        (source, directory) ->
            new StaticQuantization(recipe, ranges, source, directory, listener, cancelled).run());
  }

  /**
   * Returns the graph of a model directory, which is the one to calibrate.
   *
   * @param model the directory of the fp32 model
   * @throws QuantizationException with the reason if there is none
   */
  public static Path graph(Path model) {
    try {
      return ModelDirectory.open(model).graph();
    } catch (IOException e) {
      throw new QuantizationException(
          Reason.IO, "Reading " + model + " failed: " + e.getMessage(), model.toString(), e);
    }
  }
}
