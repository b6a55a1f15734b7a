package io.edgellm.inference.shard;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A process that ends without a word in the middle of sharding a model. */
final class KilledSharder {
  private static final int LAST_TENSOR = 20;

  private KilledSharder() {}

  static void run(Path model, Path target) throws IOException, InterruptedException {
    new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledSharder.class.getName(),
                model.toString(),
                target.toString()))
        .redirectErrorStream(true)
        .start()
        .waitFor();
  }

  public static void main(String[] arguments) {
    new ModelSharder()
        .shard(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            progress -> {
              if (progress.number() == LAST_TENSOR) {
                Runtime.getRuntime().halt(1);
              }
            },
            () -> false);
  }
}
