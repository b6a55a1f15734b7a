package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.llm.InferenceException;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A decoder with the sequence that it has read: tokens are appended, and the logits of the next one
 * come out.
 *
 * <p>Owns every native handle of the model: session, cache, tensors. For one thread.
 */
public final class DecoderGraph implements AutoCloseable {
  private final OrtSession session;
  private final GraphSignature signature;
  private final SessionSettings settings;
  private final String logitsName;
  private final TokenInputs tokens;
  private final LogitsBuffer logits;
  private final KeyValueCache cache;
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> outputsOfOneToken;

  private DecoderGraph(
      OrtEnvironment environment,
      OrtSession session,
      GraphSignature signature,
      ModelLayout layout,
      SessionSettings settings)
      throws OrtException {
    this.session = session;
    this.signature = signature;
    this.settings = settings;
    this.logitsName = layout.names().logits();
    this.tokens = new TokenInputs(environment, layout.names(), signature, settings);
    this.logits =
        new LogitsBuffer(
            environment,
            signature.vocabularySize(),
            signature.lastLogitsOnly() ? 1 : settings.prefillChunk());
    this.cache = cache(environment, signature, settings);
    this.outputsOfOneToken = outputsWith(logits.tensor(1));
  }

  private static KeyValueCache cache(
      OrtEnvironment environment, GraphSignature signature, SessionSettings settings)
      throws OrtException {
    try (NativeTensors memory = new NativeTensors(environment)) {
      return signature.growing()
          ? new GrowingCache(signature.slots(), memory)
          : new SharedCache(signature.slots(), settings.contextTokens(), memory);
    }
  }

  /**
   * Reads the weights and runs one token through them.
   *
   * @throws InferenceException MODEL_INVALID if the graph or its weights are damaged, missing or
   *     outside of the directory; MODEL_UNSUPPORTED if the graph is of a kind that is not run
   */
  public static DecoderGraph open(
      OrtEnvironment environment,
      ModelDirectory directory,
      ModelLayout layout,
      SessionSettings settings) {
    ModelFile file = new ModelFile(layout.graph(), Integer.MAX_VALUE);
    GraphOutline outline = GraphOutline.read(layout.graph());
    for (String location : outline.externalFiles()) {
      directory.file(layout.graph().resolveSibling(""), location);
    }
    try {
      return open(environment, outline, layout, settings);
    } catch (OrtException e) {
      if (e.getCode() == OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED) {
        throw file.unsupported("needs something that this runtime lacks: " + e.getMessage());
      }
      throw file.invalid("does not open: " + e.getMessage(), e);
    }
  }

  private static DecoderGraph open(
      OrtEnvironment environment,
      GraphOutline outline,
      ModelLayout layout,
      SessionSettings settings)
      throws OrtException {
    OrtSession session = session(environment, layout, settings);
    DecoderGraph graph;
    try {
      GraphSignature signature = GraphSignature.read(session, outline, layout);
      graph = new DecoderGraph(environment, session, signature, layout, settings);
    } catch (OrtException | RuntimeException e) {
      session.close();
      throw e;
    }
    try {
      graph.tryOneToken(layout);
      return graph;
    } catch (OrtException | RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  private static OrtSession session(
      OrtEnvironment environment, ModelLayout layout, SessionSettings settings)
      throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      options.addConfigEntry("session.intra_op.allow_spinning", settings.spinning() ? "1" : "0");
      if (settings.threads() > 0) {
        options.setIntraOpNumThreads(settings.threads());
      }
      return environment.createSession(layout.graph().toString(), options);
    }
  }

  private void tryOneToken(ModelLayout layout) throws OrtException {
    try (RunInterrupt none = new RunInterrupt()) {
      float first = logits(new int[] {0}, 0, 1, none).get(0);
      if (!Float.isFinite(first)) {
        throw new ModelFile(layout.graph(), Integer.MAX_VALUE)
            .invalid("computes logits that are no numbers; its weights are damaged", null);
      }
      clear();
    } catch (RunInterruptedException e) {
      throw new IllegalStateException("Nobody could interrupt it.", e);
    }
  }

  /** Returns the number of logits per position. */
  public int vocabularySize() {
    return signature.vocabularySize();
  }

  /** Returns the longest sequence. */
  public int contextTokens() {
    return settings.contextTokens();
  }

  /** Returns the number of tokens that were read. */
  public int length() {
    return cache.length();
  }

  /** Returns the largest number of tokens whose logits one call can give. */
  public int logitsRows() {
    return logits.rows();
  }

  /** Returns whether the end of the sequence can be forgotten without the whole. */
  public boolean canRewind() {
    return cache.abilities().contains(KeyValueCache.Ability.REWIND);
  }

  /**
   * Forgets everything from a position on.
   *
   * @throws IllegalArgumentException if it cannot be rewound to there
   */
  public void rewind(int length) throws OrtException {
    cache.rewind(length);
  }

  /** Forgets the sequence. */
  public void clear() throws OrtException {
    rewind(0);
  }

  /**
   * Reads the tokens {@code ids[from, to)} in chunks, without looking at their logits.
   *
   * @throws RunInterruptedException if it was interrupted; whole chunks are kept
   */
  public void read(int[] ids, int from, int to, RunInterrupt interrupt)
      throws OrtException, RunInterruptedException {
    for (int start = from; start < to; start += settings.prefillChunk()) {
      int end = Math.min(to, start + settings.prefillChunk());
      run(ids, start, end, cache.pinnedOutputs(), interrupt);
    }
  }

  /**
   * Reads the tokens {@code ids[from, to)}, at most {@link #logitsRows()}, and returns what the
   * model expects after each: {@code [to - from, vocabulary]}, valid until the next call.
   *
   * @throws RunInterruptedException if it was interrupted; the sequence is as before
   */
  public FloatBuffer logits(int[] ids, int from, int to, RunInterrupt interrupt)
      throws OrtException, RunInterruptedException {
    int rows = to - from;
    if (rows == 1) {
      run(ids, from, to, outputsOfOneToken, interrupt);
      return logits.values(1);
    }
    OnnxTensor tensor = logits.tensor(rows);
    try {
      run(ids, from, to, outputsWith(tensor), interrupt);
      return logits.values(rows);
    } finally {
      logits.release(tensor);
    }
  }

  private Map<String, OnnxTensor> outputsWith(OnnxTensor logitsTensor) {
    Map<String, OnnxTensor> outputs = new HashMap<>(cache.pinnedOutputs());
    outputs.put(logitsName, logitsTensor);
    return outputs;
  }

  private void run(
      int[] ids, int from, int to, Map<String, OnnxTensor> outputs, RunInterrupt interrupt)
      throws OrtException, RunInterruptedException {
    if (interrupt.isTriggered()) {
      throw new RunInterruptedException(null);
    }
    tokens.feed(ids, from, to, cache.length(), inputs);
    cache.feed(inputs);
    try {
      OrtSession.Result result =
          session.run(inputs, cache.requestedOutputs(), outputs, interrupt.options());
      cache.advance(result, to - from);
    } catch (OrtException e) {
      if (interrupt.isTriggered()) {
        throw new RunInterruptedException(e);
      }
      throw e;
    } finally {
      tokens.release(inputs);
    }
  }

  @Override
  public void close() {
    cache.close();
    logits.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("The session was closed before.", e);
    }
  }
}
