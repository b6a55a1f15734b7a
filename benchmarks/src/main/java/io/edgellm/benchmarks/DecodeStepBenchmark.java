package io.edgellm.benchmarks;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.RunInterruptedException;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.layout.ModelDirectory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A token of the sample model, by the engine and by the bare runtime with everything prepared; the
 * difference is what the engine costs outside of {@code session.run} (aim: 100 µs).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class DecodeStepBenchmark {
  private static final int PAST = 256;
  private static final int CONTEXT = 512;

  private @Nullable EngineStep engine;
  private @Nullable BareRuntime bare;

  /** Opens the graph twice, and reads some tokens. */
  @Setup
  public void open() throws OrtException, RunInterruptedException {
    OrtEnvironment environment = RuntimeGuard.ofThisProcess(false).start();
    ModelDirectory directory =
        ModelDirectory.open(Path.of("..", "examples", "sample-model", "genai"));
    EngineStep opened = new EngineStep(environment, directory, PAST, CONTEXT);
    engine = opened;
    bare =
        new BareRuntime(
            environment, directory.file("model.onnx"), PAST, CONTEXT, opened.vocabularySize());
  }

  /** Inputs, run, sampler, text. */
  @Benchmark
  public @Nullable String engine() throws OrtException, RunInterruptedException {
    return engine == null ? null : engine.run();
  }

  /** The run alone. */
  @Benchmark
  public void runtime() throws OrtException {
    if (bare != null) {
      bare.run();
    }
  }

  /** Closes everything. */
  @TearDown
  public void close() throws OrtException {
    if (bare != null) {
      bare.close();
    }
    if (engine != null) {
      engine.close();
    }
  }
}
