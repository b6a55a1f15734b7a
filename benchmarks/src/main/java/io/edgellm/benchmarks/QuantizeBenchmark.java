package io.edgellm.benchmarks;

import io.edgellm.benchmarks.quantize.WideMatMul;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.BlockMethod;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.inference.quantize.QuantizationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What quantizing a matrix of 2048 x 5504 (45 MB of fp32) costs: reading, the digest of the source,
 * rounding, writing and forcing to disk. Run it with {@code -Djava.io.tmpdir=/dev/shm} to leave the
 * disk out of it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 6, time = 1, timeUnit = TimeUnit.SECONDS)
@Measurement(iterations = 8, time = 1, timeUnit = TimeUnit.SECONDS)
@Fork(1)
public class QuantizeBenchmark {
  /** Bits of a weight. */
  @Param({"4", "8"})
  public int bits;

  /** Whether zero points are left out. */
  @Param({"true", "false"})
  public boolean symmetric;

  /** How scales are found. */
  @Param({"ROUND_TO_NEAREST", "HQQ"})
  public BlockMethod method = BlockMethod.ROUND_TO_NEAREST;

  private Path root = Path.of("");
  private Path target = Path.of("");

  /**
   * Writes the source.
   *
   * @throws IOException if it cannot be written
   */
  @Setup
  public void write() throws IOException {
    root = Files.createTempDirectory("edgellm-quantize");
    new WideMatMul(2048, 5504).write(Files.createDirectory(root.resolve("source")));
    target = root.resolve("target");
  }

  /**
   * Quantizes it.
   *
   * @return what was done
   */
  @Benchmark
  public QuantizationReport quantize() {
    QuantizationRecipe recipe =
        QuantizationRecipe.of(new BlockFormat(bits, 32, symmetric)).withMethod(method);
    return new ModelQuantizer(recipe).quantize(root.resolve("source"), target);
  }

  /**
   * Makes room for the next one.
   *
   * @throws IOException if a file cannot be deleted
   */
  @TearDown(Level.Invocation)
  public void removeTarget() throws IOException {
    delete(target);
  }

  /**
   * Removes everything.
   *
   * @throws IOException if a file cannot be deleted
   */
  @TearDown
  public void remove() throws IOException {
    delete(root);
  }

  private static void delete(Path directory) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(directory)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
