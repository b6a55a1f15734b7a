package io.edgellm.inference.graph;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoraAdapter;
import ai.onnxruntime.OrtSession;
import io.edgellm.inference.graph.LogitsTensor.Positions;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.internal.PassThreads;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.surgery.GraphSource;
import io.edgellm.inference.surgery.PreparedGraph;
import io.edgellm.llm.InferenceException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A decoder with the sequences that it has read, each in a slot: tokens are appended to one or to
 * several of them, and the logits of the next ones come out.
 *
 * <p>Owns every native handle of the model: session, cache, tensors. For one thread.
 */
public final class DecoderGraph implements AutoCloseable {
  private final StageRunner runner;
  private final SessionSettings settings;
  private final GraphFeed feed;
  private final Adapters adapters;
  private final PreparedGraph prepared;
  private @Nullable OrtLoraAdapter adapter;

  private DecoderGraph(
      StageRunner runner,
      SessionSettings settings,
      GraphFeed feed,
      Adapters adapters,
      PreparedGraph prepared) {
    this.runner = runner;
    this.settings = settings;
    this.feed = feed;
    this.adapters = adapters;
    this.prepared = prepared;
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
    return open(environment, GraphPlan.read(directory, layout, settings));
  }

  /**
   * Does what was planned; see {@link #open(OrtEnvironment, ModelDirectory, ModelLayout,
   * SessionSettings)}.
   */
  public static DecoderGraph open(OrtEnvironment environment, GraphPlan plan) {
    ModelFile file = new ModelFile(plan.layout().graph(), Integer.MAX_VALUE);
    try {
      return opened(environment, plan);
    } catch (OrtException e) {
      if (lacksSomething(e)) {
        throw file.unsupported("needs something that this runtime lacks: " + e.getMessage());
      }
      throw file.invalid("does not open: " + e.getMessage(), e);
    }
  }

  /** Operators that are unknown, and operators that are known but for an attribute. */
  private static boolean lacksSomething(OrtException e) {
    return e.getCode() == OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED
        || String.valueOf(e.getMessage()).contains("Unrecognized attribute");
  }

  private static DecoderGraph opened(OrtEnvironment environment, GraphPlan plan)
      throws OrtException {
    PreparedGraph prepared = plan.prepare(environment);
    List<OrtSession> sessions = new ArrayList<>();
    DecoderGraph graph;
    try {
      for (GraphSource source : plan.sources(prepared)) {
        sessions.add(session(environment, source, plan.settings()));
      }
      StageLinks links = plan.links(declarations(sessions));
      GraphSignature signature = plan.signature(links);
      SessionSettings settings = signature.fitted(plan.settings());
      GraphFeed feed = new GraphFeed(environment, signature, settings);
      graph =
          new DecoderGraph(
              new StageRunner(sessions, links), settings, feed, plan.adapters(), prepared);
    } catch (OrtException | RuntimeException | Error e) {
      for (OrtSession session : sessions) {
        session.close();
      }
      throw e;
    }
    try {
      graph.tryOneToken(plan.layout());
      return graph;
    } catch (OrtException | RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  private static List<GraphDeclaration> declarations(List<OrtSession> sessions)
      throws OrtException {
    List<GraphDeclaration> declarations = new ArrayList<>();
    for (OrtSession session : sessions) {
      declarations.add(GraphDeclaration.of(session));
    }
    return declarations;
  }

  private static OrtSession session(
      OrtEnvironment environment, GraphSource source, SessionSettings settings)
      throws OrtException {
    PassThreads threads = new PassThreads(settings.threads(), settings.spinning());
    try (OrtSession.SessionOptions options = threads.options()) {
      return source.open(environment, options);
    }
  }

  private void tryOneToken(ModelLayout layout) throws OrtException {
    try (RunInterrupt none = new RunInterrupt()) {
      float first = read(0, new int[] {0}, 0, 1, 1, none).get(0);
      if (!Float.isFinite(first)) {
        throw new ModelFile(layout.graph(), Integer.MAX_VALUE)
            .invalid("computes logits that are no numbers; its weights are damaged", null);
      }
      clear(0);
    } catch (RunInterruptedException e) {
      throw new IllegalStateException("Nobody could interrupt it.", e);
    }
  }

  /** Returns the number of logits per position. */
  public int vocabularySize() {
    return feed.signature().logits().vocabulary();
  }

  /** Returns the longest sequence. */
  public int contextTokens() {
    return settings.contextTokens();
  }

  /** Returns the number of sequences that there is room for. */
  public int slots() {
    return settings.slots();
  }

  /** Returns the largest number of tokens of one pass. */
  public int prefillChunk() {
    return settings.prefillChunk();
  }

  /** Returns the largest number of positions whose logits {@link #read} can give. */
  public int logitsRows() {
    return feed.logitsRows();
  }

  /** Returns what can be done with the sequences. */
  public Set<CacheAbility> abilities() {
    return feed.abilities();
  }

  /** Returns what was done to the graph before it was opened, and what not. */
  public PreparedGraph prepared() {
    return prepared;
  }

  /** Returns the names of the LoRA adapters that the model comes with. */
  public Set<String> adapters() {
    return adapters.names();
  }

  /**
   * Lets all passes that follow use an adapter.
   *
   * @param name one of {@link #adapters()}, or null for the model alone
   * @throws InferenceException MODEL_INVALID if its file is none
   * @throws IllegalArgumentException if there is none of this name
   */
  public void useAdapter(@Nullable String name) {
    adapter = name == null ? null : adapters.get(name);
  }

  /** Returns the number of tokens that a slot has read. */
  public int length(int slot) {
    return feed.cache().length(slot);
  }

  /** Forgets the sequence of a slot. */
  public void clear(int slot) {
    rewind(slot, 0);
  }

  /**
   * Forgets everything of a sequence from a position on.
   *
   * @throws IllegalArgumentException if it cannot be rewound to there
   */
  public void rewind(int slot, int length) {
    feed.cache().rewind(slot, length);
  }

  /**
   * Makes the first tokens of one sequence the whole of another; with {@link CacheAbility#FORK}.
   */
  public void copy(int fromSlot, int toSlot, int tokens) {
    feed.cache().copy(fromSlot, toSlot, tokens);
  }

  /**
   * Returns what an image is made of: names, element types and shapes of the tensors of the cache.
   */
  public String imageLayout() {
    return feed.signature().cache().toString();
  }

  /** Returns the bytes of an image of so many tokens. */
  public long imageBytes(int tokens) {
    return feed.cache().imageBytes(tokens);
  }

  /**
   * Writes the first tokens of a sequence; with {@link CacheAbility#SNAPSHOT}.
   *
   * @param into takes {@link #imageBytes} from its position on
   */
  public void save(int slot, int tokens, ByteBuffer into) {
    feed.cache().save(slot, tokens, into);
  }

  /** Makes an image that {@link #save} wrote the whole of a sequence. */
  public void restore(int slot, int tokens, ByteBuffer from) {
    feed.cache().restore(slot, tokens, from);
  }

  /**
   * Appends the tokens {@code ids[from, to)} to a sequence, in as many passes as are needed.
   *
   * @param rows for how many of the last tokens the logits are wanted, at most {@link
   *     #logitsRows()}
   * @return what the model expects after each of these, {@code [rows, vocabulary]}, valid until the
   *     next pass
   * @throws RunInterruptedException if it was interrupted; the passes that were done stay, and
   *     {@link #length} tells how many tokens they had
   * @throws IllegalArgumentException if the sequence becomes longer than the context, or a token is
   *     none of the vocabulary
   */
  public FloatBuffer read(int slot, int[] ids, int from, int to, int rows, RunInterrupt interrupt)
      throws OrtException, RunInterruptedException {
    requireTokens(slot, ids, from, to);
    int last = rows == 0 ? to : beginningOfLastPass(from, to, rows);
    for (int start = from; start < last; start += settings.prefillChunk()) {
      pass(slot, ids, start, Math.min(last, start + settings.prefillChunk()), 0, interrupt);
    }
    if (rows > 0) {
      pass(slot, ids, last, to, rows, interrupt);
    }
    return feed.logits(rows);
  }

  /** Graphs that give logits for every position are asked for them in a pass of its own. */
  private int beginningOfLastPass(int from, int to, int rows) {
    if (feed.signature().logits().positions() == Positions.ALL) {
      return to - rows;
    }
    int chunk = settings.prefillChunk();
    return Math.min(to - rows, from + (to - from - 1) / chunk * chunk);
  }

  private void pass(int slot, int[] ids, int from, int to, int rows, RunInterrupt interrupt)
      throws OrtException, RunInterruptedException {
    feed.sequence(slot, ids, from, to, rows, 0);
    run(interrupt);
    feed.sequenceDone(slot, to - from);
  }

  /**
   * Appends one token to each of some sequences: in one pass for neighbouring slots where there is
   * {@link CacheAbility#BATCH}, else one after the other.
   *
   * @param slots which sequences, in ascending order
   * @param tokens what to append to each
   * @param count how many of them
   * @return what the model expects next, {@code [count, vocabulary]}, valid until the next pass
   * @throws RunInterruptedException if it was interrupted; {@link #length} tells which sequences
   *     had their pass
   * @throws IllegalArgumentException as {@link #read} does
   */
  public FloatBuffer step(int[] slots, int[] tokens, int count, RunInterrupt interrupt)
      throws OrtException, RunInterruptedException {
    for (int i = 0; i < count; i++) {
      requireTokens(slots[i], tokens, i, i + 1);
    }
    if (abilities().contains(CacheAbility.BATCH)) {
      stepTogether(slots, tokens, count, interrupt);
    } else {
      stepOneByOne(slots, tokens, count, interrupt);
    }
    return feed.logits(count);
  }

  private void stepTogether(int[] slots, int[] tokens, int count, RunInterrupt interrupt)
      throws OrtException, RunInterruptedException {
    int to;
    for (int from = 0; from < count; from = to) {
      to = feed.endOfNeighbours(slots, from, count);
      feed.rows(slots, tokens, from, to);
      run(interrupt);
      feed.rowsDone(slots, from, to);
    }
  }

  private void stepOneByOne(int[] slots, int[] tokens, int count, RunInterrupt interrupt)
      throws OrtException, RunInterruptedException {
    for (int i = 0; i < count; i++) {
      feed.sequence(slots[i], tokens, i, i + 1, 1, i);
      run(interrupt);
      feed.sequenceDone(slots[i], 1);
    }
  }

  private void requireTokens(int slot, int[] ids, int from, int to) {
    int vocabulary = vocabularySize();
    if (length(slot) + to - from > settings.contextTokens()) {
      throw new IllegalArgumentException(
          (to - from)
              + " more tokens do not fit: the sequence has "
              + length(slot)
              + " and the context "
              + settings.contextTokens()
              + ".");
    }
    for (int i = from; i < to; i++) {
      if (ids[i] < 0 || ids[i] >= vocabulary) {
        throw new IllegalArgumentException(
            "There is no token " + ids[i] + " in a vocabulary of " + vocabulary + ".");
      }
    }
  }

  private void run(RunInterrupt interrupt) throws OrtException, RunInterruptedException {
    if (interrupt.isTriggered()) {
      throw new RunInterruptedException(null);
    }
    RunTensors run = feed.tensors();
    try {
      runner.run(run, interrupt.options(adapter));
    } catch (OrtException e) {
      run.closeResults();
      if (interrupt.isTriggered()) {
        throw new RunInterruptedException(e);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    feed.close();
    adapters.close();
    runner.close();
  }
}
