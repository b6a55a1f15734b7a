package io.edgellm.benchmarks.quantize;

import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.QuantizationRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Quantizes a model to four bits in blocks of 32 in a process of its own: the other side of {@code
 * benchmarks/quantize_in_python.py}.
 */
public final class QuantizeProcess {
  private QuantizeProcess() {}

  /**
   * Writes {@code <directory>/source} if it is not there, and quantizes it.
   *
   * @param args the directory, and where the result goes, which must not exist
   * @throws IOException if the source cannot be written
   */
  public static void main(String[] args) throws IOException {
    Path source = Path.of(args[0], "source");
    if (!Files.exists(source)) {
      WideMatMul.ofSevenBillion().write(Files.createDirectories(source));
    }
    QuantizationRecipe recipe = QuantizationRecipe.of(new BlockFormat(4, 32, true));
    new ModelQuantizer(recipe).quantize(source, Path.of(args[1]));
  }
}
