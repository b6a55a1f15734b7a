package io.edgellm.benchmarks;

import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.LanguageModel;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.Sampling;
import io.edgellm.telemetry.Consent;
import io.edgellm.telemetry.ConsentLevel;
import io.edgellm.telemetry.MeteredLanguageModel;
import io.edgellm.telemetry.ModelLabels;
import io.edgellm.telemetry.Telemetry;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The time per token of an answer of 64 tokens by the sample model, with telemetry and without. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 40, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class GenerationBenchmark {
  private static final int TOKENS = 64;
  private static final int SEEDS = 1000;

  private @Nullable LoadedModel loaded;
  private @Nullable LanguageModel metered;
  private GenerationRequest request = drawn(0);

  /** Hot enough that the sample model, which prefers short answers, goes on for a while. */
  private static GenerationRequest drawn(long seed) {
    return GenerationRequest.builder()
        .user("dim the bedroom lights to 30 percent")
        .maxTokens(TOKENS)
        .sampling(Sampling.of(5, seed))
        .build();
  }

  /** Loads the model, and looks for a seed whose answer is long enough. */
  @Setup
  public void load() throws InterruptedException {
    LoadedModel model =
        new OnnxModelLoader()
            .load(DevelopmentModel.at(Path.of("..", "examples", "sample-model", "genai")));
    loaded = model;
    Telemetry telemetry =
        Telemetry.builder()
            .consent(Consent.heldByHost(ConsentLevel.METRICS, Instant.EPOCH))
            .build();
    metered =
        new MeteredLanguageModel(model, telemetry, new ModelLabels("sample", "1.0.0", "benchmark"));
    for (long seed = 0; model.generate(request).completionTokens() < TOKENS; seed++) {
      if (seed == SEEDS) {
        throw new IllegalStateException("no seed leads to " + TOKENS + " tokens");
      }
      request = drawn(seed);
    }
  }

  /** The model by itself. */
  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public @Nullable GenerationResult plain() throws InterruptedException {
    return loaded == null ? null : loaded.generate(request);
  }

  /** The same, recorded. */
  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public @Nullable GenerationResult metered() throws InterruptedException {
    return metered == null ? null : metered.generate(request);
  }

  /** Frees the model. */
  @TearDown
  public void close() {
    if (loaded != null) {
      loaded.close();
    }
  }
}
