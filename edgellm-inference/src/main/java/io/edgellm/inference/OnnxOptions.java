package io.edgellm.inference;

import io.edgellm.inference.memory.MemoryBudget;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * How an {@link OnnxModelLoader} runs its models; immutable. {@code OnnxOptions.defaults()} fits a
 * small device; {@link #builder()} sets everything.
 */
public final class OnnxOptions {
  /** Requests that may wait where nothing else is said. */
  public static final int DEFAULT_QUEUE_BOUND = 16;

  /** Requests that run at once where nothing else is said. */
  public static final int DEFAULT_CONCURRENCY = 1;

  /** What is kept in memory of beginnings of prompts where nothing else is said: 64 MiB. */
  public static final long DEFAULT_PREFIX_BYTES = 64L << 20;

  /** Tokens per forward pass of a prompt where nothing else is said. */
  public static final int DEFAULT_PREFILL_CHUNK = 128;

  /** The longest context that is reserved where nothing else is said. */
  public static final int DEFAULT_MAX_CONTEXT_TOKENS = 4096;

  private static final int MAX_CONCURRENCY = 64;
  private static final int MOST_CORES_WITHOUT_SPINNING = 4;
  private static final int MOST_THREADS = 1024;

  private final int threads;
  private final boolean spinning;
  private final int concurrency;
  private final int queueBound;
  private final int prefillChunk;
  private final int maxContextTokens;
  private final MemoryBudget memoryBudget;
  private final @Nullable Path cacheDirectory;
  private final boolean int8Cache;
  private final boolean prepackedWeights;
  private final long prefixBytes;
  private final @Nullable Path prefixDirectory;
  private final long prefixDiskBytes;
  private final Speculation speculation;
  private final ThreadFactory threadFactory;
  private final @Nullable ScheduledExecutorService deadlineExecutor;
  private final @Nullable Executor eventExecutor;
  private final Clock clock;
  private final boolean acceptsRuntimeTelemetry;

  private OnnxOptions(Builder b) {
    this.threads = b.threads;
    this.spinning = b.spinning;
    this.concurrency = b.concurrency;
    this.queueBound = b.queueBound;
    this.prefillChunk = b.prefillChunk;
    this.maxContextTokens = b.maxContextTokens;
    this.memoryBudget = b.memoryBudget;
    this.cacheDirectory = b.cacheDirectory;
    this.int8Cache = b.int8Cache;
    this.prepackedWeights = b.prepackedWeights;
    this.prefixBytes = b.prefixBytes;
    this.prefixDirectory = b.prefixDirectory;
    this.prefixDiskBytes = b.prefixDiskBytes;
    this.speculation = b.speculation;
    this.threadFactory = b.threadFactory;
    this.deadlineExecutor = b.deadlineExecutor;
    this.eventExecutor = b.eventExecutor;
    this.clock = b.clock;
    this.acceptsRuntimeTelemetry = b.acceptsRuntimeTelemetry;
  }

  /** Returns the defaults. */
  public static OnnxOptions defaults() {
    return builder().build();
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the threads of a forward pass; 0 means one per physical core. */
  public int threads() {
    return threads;
  }

  /** Returns whether idle threads wait actively. */
  public boolean spinning() {
    return spinning;
  }

  /** Returns how many requests run at once. */
  public int concurrency() {
    return concurrency;
  }

  /** Returns how many requests may wait behind those that run. */
  public int queueBound() {
    return queueBound;
  }

  /** Returns the tokens of a prompt per forward pass. */
  public int prefillChunk() {
    return prefillChunk;
  }

  /** Returns the longest context that is reserved, whatever the model was made for. */
  public int maxContextTokens() {
    return maxContextTokens;
  }

  /** Returns what the models take their memory from. */
  public MemoryBudget memoryBudget() {
    return memoryBudget;
  }

  /** Returns how much is kept in memory of beginnings of prompts, in bytes. */
  public long prefixBytes() {
    return prefixBytes;
  }

  /** Returns where beginnings of prompts outlive the process. */
  public Optional<Path> prefixDirectory() {
    return Optional.ofNullable(prefixDirectory);
  }

  /** Returns how much is kept there, in bytes. */
  public long prefixDiskBytes() {
    return prefixDiskBytes;
  }

  /** Returns where loaders keep what they found out about graphs, if they may. */
  public Optional<Path> cacheDirectory() {
    return Optional.ofNullable(cacheDirectory);
  }

  /** Returns whether keys and values are kept in one byte per number. */
  public boolean int8Cache() {
    return int8Cache;
  }

  /** Returns whether weights are also kept in the form that this processor computes with. */
  public boolean prepackedWeights() {
    return prepackedWeights;
  }

  /** Returns with which models answers are guessed ahead. */
  public Speculation speculation() {
    return speculation;
  }

  /** Returns what makes the threads of a model. */
  public ThreadFactory threadFactory() {
    return threadFactory;
  }

  /** Returns the host's executor for deadlines; without one, each model has its own. */
  public Optional<ScheduledExecutorService> deadlineExecutor() {
    return Optional.ofNullable(deadlineExecutor);
  }

  /** Returns the host's executor for events; without one, each model has threads of its own. */
  public Optional<Executor> eventExecutor() {
    return Optional.ofNullable(eventExecutor);
  }

  /** Returns what chat templates see as the date. */
  public Clock clock() {
    return clock;
  }

  /** Returns whether a runtime that sends usage events may start. */
  public boolean acceptsRuntimeTelemetry() {
    return acceptsRuntimeTelemetry;
  }

  /** Builds {@link OnnxOptions}; not thread-safe. */
  public static final class Builder {
    private int threads;
    private boolean spinning =
        Runtime.getRuntime().availableProcessors() > MOST_CORES_WITHOUT_SPINNING;
    private int concurrency = DEFAULT_CONCURRENCY;
    private int queueBound = DEFAULT_QUEUE_BOUND;
    private int prefillChunk = DEFAULT_PREFILL_CHUNK;
    private int maxContextTokens = DEFAULT_MAX_CONTEXT_TOKENS;
    private MemoryBudget memoryBudget = MemoryBudget.unlimited();
    private @Nullable Path cacheDirectory;
    private boolean int8Cache;
    private boolean prepackedWeights;
    private long prefixBytes = DEFAULT_PREFIX_BYTES;
    private @Nullable Path prefixDirectory;
    private long prefixDiskBytes;
    private Speculation speculation = Speculation.EXACT;
    private ThreadFactory threadFactory = Builder::daemon;
    private @Nullable ScheduledExecutorService deadlineExecutor;
    private @Nullable Executor eventExecutor;
    private Clock clock = Clock.system(ZoneId.systemDefault());
    private boolean acceptsRuntimeTelemetry;

    private Builder() {}

    private static Thread daemon(Runnable work) {
      Thread thread = new Thread(work, "edgellm");
      thread.setDaemon(true);
      return thread;
    }

    /** Sets the threads of a forward pass; 0, the default, takes one per physical core. */
    public Builder threads(int count) {
      if (count > MOST_THREADS) {
        throw new IllegalArgumentException("threads must be at most " + MOST_THREADS + ".");
      }
      this.threads = atLeast(0, count, "threads");
      return this;
    }

    /**
     * Sets whether idle threads wait actively for work. It makes decoding faster on idle cores and
     * slower on busy ones; the default is true on machines with more than four.
     */
    public Builder spinning(boolean spinning) {
      this.spinning = spinning;
      return this;
    }

    /**
     * Sets how many requests run at once; 1 by default. Each has a cache of its own for the whole
     * context, which is reserved when the model is loaded where the graph works in place. Four that
     * decode together share the weights that are read for a token: about twice the tokens per
     * second of one.
     */
    public Builder concurrency(int requests) {
      this.concurrency = Math.min(atLeast(1, requests, "concurrency"), MAX_CONCURRENCY);
      return this;
    }

    /** Sets how many requests may wait behind those that run; more are refused. */
    public Builder queueBound(int requests) {
      this.queueBound = atLeast(1, requests, "queueBound");
      return this;
    }

    /**
     * Sets the tokens of a prompt per forward pass: more are slightly faster, and take more memory
     * and time until a pass ends.
     */
    public Builder prefillChunk(int tokens) {
      this.prefillChunk = atLeast(1, tokens, "prefillChunk");
      return this;
    }

    /**
     * Bounds the context, for which memory is reserved when the model is loaded: models made for
     * 128,000 tokens would otherwise take gigabytes.
     */
    public Builder maxContextTokens(int tokens) {
      this.maxContextTokens = Math.min(atLeast(2, tokens, "maxContextTokens"), 1 << 20);
      return this;
    }

    /**
     * Sets what the models take their memory from; by default there is no limit. Loaders may share
     * one: a model that does not fit takes the place of one that is idle, or is refused.
     */
    public Builder memoryBudget(MemoryBudget budget) {
      this.memoryBudget = Objects.requireNonNull(budget);
      return this;
    }

    /**
     * Bounds what is kept in memory, for all models of a loader, of beginnings of prompts that are
     * expected again: those of requests that say so, and what two recent prompts had in common. 0
     * keeps none; then only what still lies in a slot is used again.
     */
    public Builder prefixBytes(long most) {
      if (most < 0) {
        throw new IllegalArgumentException("prefixBytes must be at least 0.");
      }
      this.prefixBytes = most;
      return this;
    }

    /**
     * Keeps beginnings of prompts in a directory, too, so that they outlive the process. The files
     * hold the tokens and thereby the text of the beginnings; nobody but their owner may read them.
     * Without it nothing is written.
     *
     * @param directory is made if there is none; nobody else may write to it
     * @param mostBytes how much it may hold
     */
    public Builder prefixDirectory(Path directory, long mostBytes) {
      if (mostBytes < 0) {
        throw new IllegalArgumentException("mostBytes must be at least 0.");
      }
      this.prefixDirectory = Objects.requireNonNull(directory);
      this.prefixDiskBytes = mostBytes;
      return this;
    }

    /** Sets with which models answers are guessed ahead; {@link Speculation#EXACT} by default. */
    public Builder speculation(Speculation speculation) {
      this.speculation = Objects.requireNonNull(speculation);
      return this;
    }

    /**
     * Sets where loaders may keep what they found out about graphs, a directory of this application
     * alone. A graph is mended when it is loaded, and compared with the unchanged one; with a cache
     * directory that happens once, without one at every load.
     */
    public Builder cacheDirectory(Path directory) {
      this.cacheDirectory = Objects.requireNonNull(directory);
      return this;
    }

    /**
     * Sets whether keys and values are kept in one byte per number where the graph allows it: a
     * quarter of the cache's memory, for answers that are not quite the same. Off by default. What
     * differs too much from the unchanged graph is taken back.
     */
    public Builder int8Cache(boolean int8) {
      this.int8Cache = int8;
      return this;
    }

    /**
     * Sets whether weights are also kept in the form that this processor computes with, in the
     * cache directory: less memory and a faster load, for up to twice the disk. Off by default;
     * without a cache directory it has no effect.
     */
    public Builder prepackedWeights(boolean prepacked) {
      this.prepackedWeights = prepacked;
      return this;
    }

    /**
     * Sets what makes the threads of each model; the default makes daemon threads. They are named
     * {@code edgellm-decoder}, {@code edgellm-events} and {@code edgellm-deadlines} with the title
     * of the model behind it.
     */
    public Builder threadFactory(ThreadFactory factory) {
      this.threadFactory = Objects.requireNonNull(factory);
      return this;
    }

    /**
     * Sets the host's executor that ends requests at their deadline. It stays open when models are
     * closed. Without one, a model with requests that have a timeout starts a thread of its own.
     */
    public Builder deadlineExecutor(ScheduledExecutorService executor) {
      this.deadlineExecutor = Objects.requireNonNull(executor);
      return this;
    }

    /**
     * Sets the host's executor on which listeners are called; without one, each model has threads
     * of its own, which come when they are needed and go when they are idle. With an executor of a
     * single thread, a listener that blocks holds up the events of all others, though not their
     * answers. It stays open when models are closed.
     */
    public Builder eventExecutor(Executor executor) {
      this.eventExecutor = Objects.requireNonNull(executor);
      return this;
    }

    /** Sets what chat templates see as the date; the default is the system's clock and zone. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock);
      return this;
    }

    /**
     * Accepts that ONNX Runtime sends usage events to its makers, as versions from 1.29 on do
     * unless the environment says {@code ORT_DISABLE_TELEMETRY=1}.
     */
    public Builder acceptRuntimeTelemetry() {
      this.acceptsRuntimeTelemetry = true;
      return this;
    }

    /** Returns the options. */
    public OnnxOptions build() {
      return new OnnxOptions(this);
    }

    private static int atLeast(int least, int value, String name) {
      if (value < least) {
        throw new IllegalArgumentException(name + " must be at least " + least + ".");
      }
      return value;
    }
  }
}
