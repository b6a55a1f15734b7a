package io.edgellm.inference.quantize;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Makes a quantized model directory out of an fp32 one, weight by weight.
 *
 * <p>The constant weights of MatMul nodes are rounded to the nearest code in blocks (RTN), to the
 * very bits of {@code onnxruntime.quantization.MatMulNBitsQuantizer}. Both usual layouts work: the
 * one of onnxruntime-genai ({@code model.onnx} with external data) and the one of Optimum and
 * transformers.js ({@code onnx/model.onnx} in one file).
 *
 * <p>The new directory holds the graph under its old name; its weights in one file beside it, under
 * the name that the source uses for that, or {@code <graph>_data}; every other file of the source
 * except further graphs, weights in whatever format, what is hidden, keys, and the manifest,
 * signature and receipt of a release; and the report as {@code quantization.json}. The same source
 * and recipe give the same bytes. The directory appears under its name when it is complete and on
 * disk, or not at all.
 *
 * <p>The heap holds the graph without its weights, and of one weight at a time a part of the packed
 * result and as many rows as a block has. A file that the model names must lie in its directory.
 *
 * <p>Immutable; may be used by several threads at once.
 */
public final class ModelQuantizer {
  private final QuantizationRecipe recipe;

  /**
   * @param recipe what to do
   */
  public ModelQuantizer(QuantizationRecipe recipe) {
    this.recipe = Objects.requireNonNull(recipe);
  }

  /**
   * Quantizes a model on the calling thread.
   *
   * @param model the directory of the fp32 model; only read
   * @param target the directory to make; must not exist
   * @return what was done
   * @throws QuantizationException with the reason; the target does not exist then
   */
  public QuantizationReport quantize(Path model, Path target) {
    return quantize(model, target, progress -> {}, () -> false);
  }

  /**
   * Quantizes a model on the calling thread, with progress and a way to stop; interrupting the
   * thread stops it too. The directory appears under its name when it is complete and on disk. A
   * process that is killed before leaves a hidden directory {@code .<target>.partial-…} and a lock
   * file beside it, which the next run for the same target clears away.
   *
   * @param model the directory of the fp32 model; only read
   * @param target the directory to make; must not exist
   * @param listener hears of every tensor
   * @param cancelled asked before every block of rows; true ends with {@code CANCELLED}
   * @return what was done
   * @throws QuantizationException with the reason; the target does not exist then
   */
  public QuantizationReport quantize(
      Path model, Path target, QuantizationListener listener, BooleanSupplier cancelled) {
    return TargetModel.make(
        model,
        target,
        (source, directory) ->
            new Quantization(recipe, source, directory, listener, cancelled).run());
  }
}
