package io.edgellm.inference.drift;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.graph.CacheAbility;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RunInterruptedException;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.graph.SessionSettings;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A graph of a model directory, opened by the same rules and run with the same cache as when it
 * serves, over whole sequences on the CPU.
 *
 * <p>Holds the model in memory, a cache for its context of at most 4,096 tokens, and off the heap
 * four bytes for each logit of the longest sequence so far. Not for use by several threads.
 */
public final class OnnxTeacherForced implements TeacherForced, AutoCloseable {
  static final int MAX_CONTEXT_TOKENS = 4096;

  private final DecoderGraph graph;
  private ByteBuffer logits = ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder());
  private int[] read = {};

  private OnnxTeacherForced(DecoderGraph graph) {
    this.graph = graph;
  }

  /**
   * Loads a model.
   *
   * @param graph the {@code .onnx} file; the configuration lies beside it or one directory above,
   *     in a layout that {@code OnnxModelLoader} loads
   * @param threads for the matrix products, 1 or more
   * @return the model, to be closed
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if a file is missing, damaged or lies
   *     outside of the directory; MODEL_UNSUPPORTED if the model is of a kind that is not run;
   *     RUNTIME if the runtime does not load, or sends usage events
   */
  public static OnnxTeacherForced open(Path graph, int threads) {
    OrtEnvironment environment = RuntimeGuard.ofThisProcess(false).start();
    ModelDirectory directory = ModelDirectory.of(graph);
    ModelLayout layout = ModelLayout.read(directory).withGraph(directory.inside(graph));
    int context = Math.min(layout.contextTokens(), MAX_CONTEXT_TOKENS);
    return new OnnxTeacherForced(
        DecoderGraph.open(
            environment,
            directory,
            layout,
            SessionSettings.single(threads, false, context, context)));
  }

  /** Returns the longest sequence. */
  public int contextTokens() {
    return graph.contextTokens();
  }

  /**
   * {@inheritDoc}
   *
   * <p>What the sequence begins with in common with the one before is not read again where the
   * cache can be rewound, so that decoding token by token costs one token each.
   *
   * @throws DriftException INVALID_MATERIAL if the sequence is longer than the context or its
   *     logits take more than 2 GB; RUN_FAILED if the runtime fails, as at a token that is none
   */
  @Override
  public LogitRows run(int[] tokens) {
    int kept = rewind(tokens);
    FloatBuffer rows = memory(tokens.length, kept).position(kept * graph.vocabularySize());
    try (RunInterrupt never = new RunInterrupt()) {
      for (int from = kept; from < tokens.length; from += graph.logitsRows()) {
        int to = Math.min(tokens.length, from + graph.logitsRows());
        rows.put(graph.read(0, tokens, from, to, to - from, never));
      }
      read = tokens.clone();
      return new BufferRows(rows, graph.vocabularySize());
    } catch (OrtException | IllegalArgumentException e) {
      throw new DriftException(
          Reason.RUN_FAILED,
          "A run over " + tokens.length + " tokens failed: " + e.getMessage(),
          null,
          e);
    } catch (RunInterruptedException e) {
      throw new IllegalStateException("Nobody could interrupt it.", e);
    }
  }

  /** Forgets what the cache holds of another sequence, and returns how much is left. */
  private int rewind(int[] tokens) {
    int mismatch = Arrays.mismatch(read, tokens);
    int common = mismatch < 0 ? tokens.length : mismatch;
    int kept = graph.abilities().contains(CacheAbility.REWIND) ? common : 0;
    read = new int[0]; // Until the run is done, there is no saying what is there.
    graph.rewind(0, kept);
    return kept;
  }

  private FloatBuffer memory(int tokens, int kept) {
    long bytes = (long) tokens * graph.vocabularySize() * Float.BYTES;
    if (tokens > graph.contextTokens() || bytes > Integer.MAX_VALUE) {
      throw new DriftException(
          Reason.INVALID_MATERIAL,
          "A sequence of "
              + tokens
              + " tokens is longer than the context of "
              + graph.contextTokens()
              + ", or has more than 2 GB of logits: use shorter passages.",
          null);
    }
    if (logits.capacity() < bytes) {
      ByteBuffer larger = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
      larger.asFloatBuffer().put(logits.asFloatBuffer().limit(kept * graph.vocabularySize()));
      logits = larger;
    }
    return logits.asFloatBuffer();
  }

  @Override
  public void close() {
    graph.close();
  }

  private record BufferRows(FloatBuffer rows, int vocabulary) implements LogitRows {
    @Override
    public void read(int position, float[] into) {
      rows.get(position * vocabulary, into, 0, vocabulary);
    }
  }
}
