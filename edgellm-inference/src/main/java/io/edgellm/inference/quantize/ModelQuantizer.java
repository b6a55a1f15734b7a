package io.edgellm.inference.quantize;

import io.edgellm.inference.internal.TargetDirectory;
import io.edgellm.inference.onnx.MalformedOnnxException;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.util.List;
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
 * except further graphs and their weights, and the manifest, signature and receipt of a release;
 * and the report as {@code quantization.json}. The same source and recipe give the same bytes. The
 * directory appears under its name when it is complete and on disk, or not at all.
 *
 * <p>The heap holds the graph without its weights, and of one weight at a time a part of the packed
 * result and as many rows as a block has. A file that the model names must lie in its directory.
 *
 * <p>Immutable; may be used by several threads at once.
 */
public final class ModelQuantizer {
  /** What Linux, Windows and a quota say. */
  private static final List<String> NO_SPACE =
      List.of("No space left", "not enough space", "quota exceeded");

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
    ModelDirectory source = ModelDirectory.open(model);
    refuseTargetInside(source, target);
    try (TargetDirectory directory = TargetDirectory.create(target)) {
      QuantizationReport report =
          new Quantization(recipe, source, directory, listener, cancelled).run();
      directory.commit();
      return report;
    } catch (MalformedOnnxException e) {
      throw new QuantizationException(
          Reason.MALFORMED_MODEL, String.valueOf(e.getMessage()), e.subject(), e);
    } catch (TargetDirectory.Exists e) {
      throw new QuantizationException(Reason.TARGET_EXISTS, e.sentence(), e.getFile(), e);
    } catch (IOException e) {
      throw failed(model, target, e);
    } catch (UncheckedIOException e) {
      throw new QuantizationException(
          Reason.IO, "Reading " + model + " failed.", model.toString(), e.getCause());
    }
  }

  /** The next quantization of the same source would take the result for a part of it. */
  private static void refuseTargetInside(ModelDirectory source, Path target) {
    if (target.toAbsolutePath().normalize().startsWith(source.root())) {
      throw new QuantizationException(
          Reason.TARGET_INSIDE_MODEL,
          target + " lies in the directory of the model; choose one beside it.",
          target.toString());
    }
  }

  private static QuantizationException failed(Path model, Path target, IOException e) {
    if (e instanceof ClosedByInterruptException || e instanceof FileLockInterruptionException) {
      return new QuantizationException(
          Reason.CANCELLED, "The thread was interrupted; nothing was written.", null, e);
    }
    String text = String.valueOf(e.getMessage());
    if (NO_SPACE.stream().anyMatch(text::contains)) {
      return new QuantizationException(
          Reason.NO_SPACE,
          "The disk became full: free some space, or choose a target on another disk.",
          target.toString(),
          e);
    }
    return new QuantizationException(
        Reason.IO,
        "Quantizing " + model + " to " + target + " failed: " + text,
        target.toString(),
        e);
  }
}
