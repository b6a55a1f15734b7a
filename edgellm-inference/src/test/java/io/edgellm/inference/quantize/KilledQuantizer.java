package io.edgellm.inference.quantize;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A process that is killed in the middle of quantizing a model. */
final class KilledQuantizer {
  private static final int LAST_TENSOR = 20;

  private KilledQuantizer() {}

  static void run(Path model, Path target) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    KilledQuantizer.class.getName(),
                    model.toString(),
                    target.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getInputStream().read(); // it says that it is in the middle, and waits there
    process.destroyForcibly().waitFor();
  }

  public static void main(String[] arguments) {
    new ModelQuantizer(QuantizationRecipe.of(new BlockFormat(4, 32, true)))
        .quantize(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            progress -> {
              if (progress.number() == LAST_TENSOR) {
                System.out.println("in the middle");
                waitForTheEnd();
              }
            },
            () -> false);
  }

  private static void waitForTheEnd() {
    try {
      System.in.read();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
