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

/** Makes a model directory out of another, whole or not at all. */
final class TargetModel {
  /** What Linux, Windows and a quota say. */
  private static final List<String> NO_SPACE =
      List.of("No space left", "not enough space", "quota exceeded");

  private TargetModel() {}

  /** Fills a new directory. */
  @FunctionalInterface
  interface Filling<R> {
    R fill(ModelDirectory source, TargetDirectory target) throws IOException;
  }

  /**
   * Makes a directory.
   *
   * @param model the directory of the source; only read
   * @param target the directory to make; must not exist
   * @throws QuantizationException with the reason; the target does not exist then
   */
  static <R> R make(Path model, Path target, Filling<R> filling) {
    ModelDirectory source = ModelDirectory.open(model);
    refuseTargetInside(source, target);
    try (TargetDirectory directory = TargetDirectory.create(target)) {
      R report = filling.fill(source, directory);
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
