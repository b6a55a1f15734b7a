package io.edgellm.benchmarks;

import io.edgellm.inference.sampling.Candidates;
import io.edgellm.inference.sampling.TokenSampler;
import io.edgellm.llm.DryPenalty;
import io.edgellm.llm.Sampling;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What choosing a token costs, by the size of the vocabulary and the filters. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 40, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class SamplerBenchmark {
  /** Llama 2 and Qwen 2.5. */
  @Param({"32000", "151936"})
  public int vocabulary;

  /** Which filters. */
  @Param({
    "greedy",
    "temperature",
    "top-k 40",
    "top-p 0.9",
    "min-p 0.05",
    "typical 0.9",
    "penalties",
    "DRY",
    "logprobs 5",
    "all"
  })
  public String filters = "greedy";

  private FloatBuffer logits = FloatBuffer.allocate(0);
  private TokenSampler sampler =
      new TokenSampler(Sampling.greedy(), OptionalInt.empty(), new Candidates(1));

  /** Draws logits around -2 with a few tall ones, about as of a language model. */
  @Setup
  public void draw() {
    Random random = new Random(1);
    logits =
        ByteBuffer.allocateDirect(vocabulary * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int i = 0; i < vocabulary; i++) {
      double tall = i % 1000 == 0 ? 6 * random.nextDouble() + 8 : 0;
      logits.put(i, (float) (random.nextGaussian() * 2 - 2 + tall));
    }
    OptionalInt logprobs = filters.equals("logprobs 5") ? OptionalInt.of(5) : OptionalInt.empty();
    sampler = new TokenSampler(sampling(), logprobs, new Candidates(vocabulary));
    for (int i = 0; i < 500; i++) {
      sampler.prompted(random.nextInt(vocabulary));
    }
    for (int i = 0; i < 500; i++) {
      sampler.answered(random.nextInt(vocabulary));
    }
  }

  private Sampling sampling() {
    Sampling.Builder drawn = Sampling.builder().temperature(0.8f).seed(1);
    return switch (filters) {
      case "greedy", "logprobs 5" -> Sampling.greedy();
      case "temperature" -> drawn.build();
      case "top-k 40" -> drawn.topK(40).build();
      case "top-p 0.9" -> drawn.topP(0.9f).build();
      case "min-p 0.05" -> drawn.minP(0.05f).build();
      case "typical 0.9" -> drawn.typicalP(0.9f).build();
      case "penalties" -> penalties(Sampling.builder().temperature(0)).build();
      case "DRY" -> Sampling.builder().temperature(0).dry(DryPenalty.of(0.8f)).build();
      case "all" ->
          penalties(drawn.topK(40).typicalP(0.95f).topP(0.9f).minP(0.05f))
              .dry(DryPenalty.of(0.8f))
              .build();
      default -> throw new IllegalArgumentException(filters);
    };
  }

  private static Sampling.Builder penalties(Sampling.Builder sampling) {
    return sampling.repetitionPenalty(1.1f).presencePenalty(0.5f).frequencyPenalty(0.5f);
  }

  /** Chooses a token. */
  @Benchmark
  public int next() {
    return sampler.next(logits);
  }
}
