package io.edgellm.inference.embedding;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.embedding.EmbedderSettings.Overlong;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.memory.MemoryBudget;
import io.edgellm.inference.memory.MemoryNeed;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.TextEmbedder;
import io.edgellm.trust.LoadableModel;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An embedder in memory.
 *
 * <p>Each text has a pass of its own, one at a time. Several in one pass would have to be padded to
 * the longest, and their vectors would depend on each other: dynamically quantized graphs scale
 * their numbers by the largest of the whole pass. So a text has the same vector wherever it stands,
 * and an index and its queries agree.
 */
public final class OnnxTextEmbedder implements TextEmbedder {
  private final LoadableModel source;
  private final Tokenizer tokenizer;
  private final EmbedderGraph graph;
  private final MemoryBudget.Grant grant;
  private final int maxTokens;
  private final Overlong overlong;
  private final int dimensions;
  private final Lock passes = new ReentrantLock(true);
  private final AtomicBoolean closed = new AtomicBoolean();

  private OnnxTextEmbedder(
      LoadableModel source,
      Tokenizer tokenizer,
      EmbedderGraph graph,
      MemoryBudget.Grant grant,
      int maxTokens,
      Overlong overlong,
      int dimensions) {
    this.source = source;
    this.tokenizer = tokenizer;
    this.graph = graph;
    this.grant = grant;
    this.maxTokens = maxTokens;
    this.overlong = overlong;
    this.dimensions = dimensions;
  }

  /**
   * Opens an embedder and runs a text of two tokens through it.
   *
   * @throws InferenceException MODEL_INVALID, MODEL_UNSUPPORTED, OUT_OF_BUDGET or RUNTIME
   */
  public static OnnxTextEmbedder open(
      OrtEnvironment environment, LoadableModel source, EmbedderSettings settings) {
    ModelDirectory directory = ModelDirectory.open(source.directory());
    EmbedderPlan plan = EmbedderPlan.read(directory, settings);
    MemoryBudget.Grant grant =
        settings
            .budget()
            .take(plan.memory().totalBytes(), new OpenUntilClosed())
            .orElseThrow(() -> doesNotFit(source, plan.memory(), settings.budget()));
    try {
      Tokenizer tokenizer = Tokenizer.load(directory.root());
      try {
        return opened(environment, source, plan, settings, tokenizer, grant);
      } catch (RuntimeException | Error e) {
        tokenizer.close();
        throw e;
      }
    } catch (OutOfMemoryError e) {
      grant.close();
      throw new InferenceException(
          Reason.RUNTIME,
          "There is not enough memory for " + source.title() + "; set fewer tokens.",
          source.title(),
          e);
    } catch (RuntimeException | Error e) {
      grant.close();
      throw e;
    }
  }

  private static OnnxTextEmbedder opened(
      OrtEnvironment environment,
      LoadableModel source,
      EmbedderPlan plan,
      EmbedderSettings settings,
      Tokenizer tokenizer,
      MemoryBudget.Grant grant) {
    int frame = tokenizer.bareTextPrefix().length + tokenizer.bareTextSuffix().length;
    if (frame >= plan.maxTokens()) {
      throw new InferenceException(
          Reason.MODEL_UNSUPPORTED,
          source.title()
              + " frames texts with "
              + frame
              + " tokens, and a text may have "
              + plan.maxTokens()
              + "; set more tokens.",
          source.title());
    }
    EmbedderGraph graph = EmbedderGraph.open(environment, plan, settings);
    try {
      float[] probe = graph.vector(new int[Math.min(2, plan.maxTokens())]);
      requireNumbers(source, probe);
      return new OnnxTextEmbedder(
          source, tokenizer, graph, grant, plan.maxTokens(), settings.overlong(), probe.length);
    } catch (OrtException e) {
      graph.close();
      throw failed(source, e);
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  @Override
  public LoadableModel source() {
    return source;
  }

  @Override
  public int dimensions() {
    return dimensions;
  }

  @Override
  public int maxTokens() {
    return maxTokens;
  }

  @Override
  public int countTokens(String text) {
    return framed(tokenizer.encode(text)).length;
  }

  @Override
  public float[] embed(String text) {
    int[] ids = fitted(text);
    if (ids.length == 0) {
      throw new IllegalArgumentException(
          "The text is empty; " + source.title() + " has no vector for it.");
    }
    passes.lock();
    try {
      requireOpen();
      float[] vector = graph.vector(ids);
      requireNumbers(source, vector);
      return vector;
    } catch (OrtException e) {
      requireOpen();
      throw failed(source, e);
    } finally {
      passes.unlock();
    }
  }

  private int[] fitted(String text) {
    int[] ids = tokenizer.encode(text);
    int[] framed = framed(ids);
    int excess = framed.length - maxTokens;
    if (excess <= 0) {
      return framed;
    }
    if (overlong == Overlong.CUT) {
      return framed(Arrays.copyOf(ids, ids.length - excess));
    }
    throw new InferenceException(
        Reason.PROMPT_TOO_LONG,
        "The text has "
            + framed.length
            + " tokens, and "
            + source.title()
            + " takes "
            + maxTokens
            + "; split it, or let its beginning stand for it by"
            + " EmbedderOptions.Builder.cutLongTexts().",
        source.title());
  }

  private int[] framed(int[] ids) {
    return Stream.of(tokenizer.bareTextPrefix(), ids, tokenizer.bareTextSuffix())
        .flatMapToInt(IntStream::of)
        .toArray();
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new InferenceException(
          Reason.CLOSED, source.title() + " was closed; load it again.", source.title());
    }
  }

  private static void requireNumbers(LoadableModel source, float[] vector) {
    for (float number : vector) {
      if (!Float.isFinite(number)) {
        throw new InferenceException(
            Reason.RUNTIME,
            source.title() + " gives a vector that has something else than numbers in it.",
            source.title());
      }
    }
  }

  private static InferenceException failed(LoadableModel source, OrtException e) {
    return new InferenceException(
        Reason.RUNTIME, "The native runtime failed: " + e.getMessage(), source.title(), e);
  }

  private static InferenceException doesNotFit(
      LoadableModel source, MemoryNeed need, MemoryBudget budget) {
    return new InferenceException(
        Reason.OUT_OF_BUDGET,
        source.title()
            + " takes "
            + need
            + ", and the memory budget has "
            + MemoryNeed.mebibytes(budget.freeBytes())
            + " left; set fewer tokens, close another model, or raise the budget.",
        source.title());
  }

  /** Ends the text under way, and frees all native memory before it returns. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      graph.interrupt();
    } catch (OrtException e) {
      throw new IllegalStateException("The runtime does not take a flag.", e);
    }
    passes.lock();
    try {
      graph.close();
      tokenizer.close();
      grant.close();
    } finally {
      passes.unlock();
    }
  }

  @Override
  public String toString() {
    return "OnnxTextEmbedder[" + source.title() + "]";
  }

  /** Keeps its memory: whoever opened an embedder counts on it. */
  private static final class OpenUntilClosed implements MemoryBudget.Holder {
    @Override
    public long lastUseNanoTime() {
      return System.nanoTime();
    }

    @Override
    public void giveUpIfIdle() {}
  }
}
