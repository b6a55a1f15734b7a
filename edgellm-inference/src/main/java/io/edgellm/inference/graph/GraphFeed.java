package io.edgellm.inference.graph;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.GraphSignature.FixedLengths;
import io.edgellm.inference.graph.LogitsTensor.Positions;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The memory that a graph reads from and writes to, and the tensors over it that a pass needs. A
 * pass is either over some tokens of one sequence, or over one token of each of some neighbouring
 * ones.
 */
final class GraphFeed implements AutoCloseable {
  /**
   * A slot between two others costs a pass about a row more, where another pass costs at least
   * twice as much: one gap is worth it, two are not.
   */
  private static final int WIDEST_GAP = 1;

  private static final FixedLengths NOT_FIXED = new FixedLengths(0, 0, false);

  private final GraphSignature signature;
  private final Deque<Runnable> releases = new ArrayDeque<>();
  private final KeyValueCache cache;
  private final Set<CacheAbility> abilities;
  private final Optional<CacheBranch> branch;
  private final AttentionMask mask;
  private final TokenInputs tokens;
  private final RowsChoice choice;
  private final LogitsBuffer logits;
  private final RunTensors run = new RunTensors();
  private final int contextTokens;

  /**
   * Reserves the memory.
   *
   * @throws OutOfMemoryError if there is not enough
   */
  GraphFeed(OrtEnvironment environment, GraphSignature signature, SessionSettings settings)
      throws OrtException {
    this.signature = signature;
    this.contextTokens = settings.contextTokens();
    int slots = settings.slots();
    int capacity = capacity(signature, settings);
    try {
      cache = cache(environment, signature, slots, capacity);
      releases.push(cache::close);
      abilities = EnumSet.copyOf(cache.abilities());
      if (signature.fixed().oneSequence()) {
        abilities.remove(CacheAbility.BATCH);
      }
      branch = CacheBranch.of(environment, signature);
      branch.ifPresent(choice -> releases.push(choice::close));
      mask = mask(environment, signature, slots, capacity);
      releases.push(mask::close);
      tokens = new TokenInputs(environment, signature, Math.max(slots, settings.prefillChunk()));
      releases.push(tokens::close);
      choice = new RowsChoice(environment, signature.logits());
      releases.push(choice::close);
      logits = new LogitsBuffer(environment, signature.logits(), logitsRows(signature, settings));
      releases.push(logits::close);
    } catch (OrtException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static KeyValueCache cache(
      OrtEnvironment environment, GraphSignature signature, int slots, int capacity)
      throws OrtException {
    return switch (signature.handover()) {
      case IN_PLACE -> inPlace(environment, signature.cache(), slots, capacity);
      case JOINED ->
          new GrowingCache(environment, signature.cache(), signature.fixed(), slots, capacity);
      case WINDOWED -> new WindowedCache(environment, signature.cache(), slots);
    };
  }

  private static KeyValueCache inPlace(
      OrtEnvironment environment, List<CacheTensor> tensors, int slots, int capacity) {
    Map<Boolean, List<CacheTensor>> growing =
        tensors.stream().collect(Collectors.partitioningBy(CacheTensor::growsWithTokens));
    List<CacheTensor> keysAndValues = growing.getOrDefault(true, List.of());
    List<CacheTensor> states = growing.getOrDefault(false, List.of());
    KeyValueCache shared = new SharedCache(environment, keysAndValues, slots, capacity);
    if (states.isEmpty()) {
      return shared;
    }
    try {
      return new JointCache(
          shared, new GrowingCache(environment, states, NOT_FIXED, slots, capacity));
    } catch (RuntimeException | Error e) {
      shared.close();
      throw e;
    }
  }

  private static AttentionMask mask(
      OrtEnvironment environment, GraphSignature signature, int slots, int capacity) {
    return signature
        .mask()
        .<AttentionMask>map(
            input ->
                signature.inPlace() || signature.fixed().cache() > 0
                    ? new FixedMask(environment, input, slots, capacity)
                    : new GrowingMask(environment, input, capacity))
        .orElseGet(NoMask::new);
  }

  /** The context, and the padding of a pass over its last token. */
  private static int capacity(GraphSignature signature, SessionSettings settings) {
    FixedLengths fixed = signature.fixed();
    return fixed.places(settings.contextTokens() + fixed.padding());
  }

  /** Returns what the cache takes. */
  static long cacheBytes(GraphSignature signature, SessionSettings settings) {
    int blocks = settings.slots() + (signature.inPlace() ? 0 : 1);
    return new CacheImage(signature.cache()).bytes(capacity(signature, settings)) * blocks;
  }

  /** Returns the rows of logits that there is room for. */
  static int logitsRows(GraphSignature signature, SessionSettings settings) {
    int most = signature.logits().positions() == Positions.LAST ? 1 : settings.prefillChunk();
    int least = settings.slots() + signature.fixed().padding();
    return LogitsBuffer.rows(signature.logits(), least, most);
  }

  GraphSignature signature() {
    return signature;
  }

  /** Returns what can be done with the sequences. */
  Set<CacheAbility> abilities() {
    return abilities;
  }

  KeyValueCache cache() {
    return cache;
  }

  /** Returns what the next pass reads and writes. */
  RunTensors tensors() {
    return run;
  }

  /** Returns the largest number of positions of a sequence whose logits one pass can give. */
  int logitsRows() {
    if (signature.logits().positions() == Positions.LAST) {
      return 1;
    }
    return Math.min(logits.rows(), signature.fixed().fed(logits.rows()));
  }

  /**
   * Prepares a pass over the tokens {@code ids[from, to)} of a sequence.
   *
   * @param rows for how many of the last of them logits are wanted
   * @param intoRow where these go
   */
  void sequence(int slot, int[] ids, int from, int to, int rows, int intoRow) throws OrtException {
    int past = cache.length(slot);
    int fed = signature.fixed().fed(to - from);
    tokens.feed(ids, from, to, past, run);
    mask.feed(slot, past + fed, run);
    branch.ifPresent(cached -> cached.feed(past, run));
    choice.feed(to - from, rows, run);
    cache.feed(slot, fed, run);
    if (rows == 0) {
      run.withoutOutput(signature.logits().name());
    } else {
      run.output(signature.logits().name(), logits.tensor(intoRow, 1, signature.fixed().fed(rows)));
    }
  }

  /** Takes note that the pass that {@link #sequence} prepared has succeeded. */
  void sequenceDone(int slot, int count) {
    cache.take(slot, run);
    run.closeResults();
    cache.advance(slot, count);
  }

  /** Returns where the slots end that one pass should take together. */
  int endOfNeighbours(int[] slots, int from, int count) {
    int to = from + 1;
    while (to < count && isNeighbour(slots[to - 1], slots[to])) {
      to++;
    }
    return to;
  }

  /** A slot between two that is full has no place for the token that nobody asked for. */
  private boolean isNeighbour(int slot, int next) {
    for (int between = slot + 1; between < next; between++) {
      if (cache.length(between) == contextTokens) {
        return false;
      }
    }
    return next - slot - 1 <= WIDEST_GAP;
  }

  /** Prepares a pass over one token of each of the sequences {@code slots[from, to)}. */
  void rows(int[] slots, int[] ids, int from, int to) throws OrtException {
    int first = slots[from];
    int count = slots[to - 1] - first + 1;
    for (int row = 0, i = from; row < count; row++) {
      int slot = first + row;
      int past = cache.length(slot);
      boolean wanted = slots[i] == slot;
      tokens.set(row, wanted ? ids[i] : 0, past);
      mask.set(slot, past + 1);
      i += wanted ? 1 : 0;
    }
    tokens.feedColumn(count, run);
    mask.feedRows(first, count, run);
    choice.feed(1, 1, run);
    cache.feedRows(first, count, run);
    run.output(signature.logits().name(), logits.tensor(first, count, 1));
  }

  /** Takes note that the pass that {@link #rows} prepared has succeeded. */
  void rowsDone(int[] slots, int from, int to) {
    run.closeResults();
    for (int i = from; i < to; i++) {
      cache.advance(slots[i], 1);
      logits.move(slots[i], i);
    }
  }

  /** Returns the first rows of logits. */
  FloatBuffer logits(int rows) {
    return logits.values(rows);
  }

  @Override
  public void close() {
    while (!releases.isEmpty()) {
      releases.pop().run();
    }
  }
}
