package io.edgellm.inference.engine;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.constraint.CompiledConstraint;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.GraphPlan;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.llm.AnswerScorer;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.ModelInfo;
import io.edgellm.llm.ToolDefinition;
import io.edgellm.trust.LoadableModel;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model in memory.
 *
 * <p>One thread owns the graph and everything native that belongs to it: it runs the requests by
 * turns, see {@link Scheduler}, and frees all of it when the model is closed. Conversations are
 * rendered and tokenized by the threads that submit them, and listeners are called by threads of
 * their own.
 */
public final class OnnxLanguageModel implements LoadedModel, AnswerScorer {
  private static final long NORMALIZED_BYTES_PER_BYTE = 4;

  private final LoadableModel source;
  private final ModelInfo info;
  private final Prompts prompts;
  private final Constraints constraints;
  private final int longestTokenBytes;
  private final Decoder decoder;
  private final RunInterrupt interrupt;
  private final PromptReuse reuse;
  private final Scheduler scheduler;
  private final Delivery delivery;
  private final Deadlines deadlines;
  private final Thread thread;

  private OnnxLanguageModel(
      LoadableModel source,
      Prompts prompts,
      Decoder decoder,
      PromptReuse reuse,
      RunInterrupt interrupt,
      EngineSettings settings) {
    this.source = source;
    this.info =
        new ModelInfo(source.title(), decoder.graph().contextTokens(), decoder.graph().slots());
    this.prompts = prompts;
    this.constraints = new Constraints(prompts.tokenizer(), decoder.endTokens());
    this.longestTokenBytes = prompts.tokenizer().vocabulary().longestByteCount();
    this.decoder = decoder;
    this.interrupt = interrupt;
    this.reuse = reuse;
    this.scheduler = new Scheduler(decoder, reuse, interrupt, settings.queueBound());
    this.delivery = Delivery.of(settings, source.title());
    this.deadlines = Deadlines.of(settings, source.title());
    this.thread = settings.threadFactory().newThread(this::serve);
    this.thread.setName("edgellm-decoder " + source.title());
  }

  /**
   * Opens a model and starts its thread.
   *
   * @throws InferenceException MODEL_INVALID, MODEL_UNSUPPORTED or RUNTIME
   */
  public static OnnxLanguageModel open(
      OrtEnvironment environment, LoadableModel source, EngineSettings settings) {
    ModelDirectory directory = ModelDirectory.open(source.directory());
    ModelLayout layout = ModelLayout.read(directory);
    PendingPrompts prompts =
        PendingPrompts.load(directory, source.title(), settings.clock(), settings.threadFactory());
    try {
      GraphPlan plan = GraphPlan.read(directory, layout, settings.session(layout.contextTokens()));
      DecoderGraph graph = DecoderGraph.open(environment, plan);
      try {
        OnnxLanguageModel model =
            of(source, prompts.await(), graph, plan, environment.getVersion(), settings);
        model.thread.start();
        return model;
      } catch (OrtException e) {
        graph.close();
        throw new InferenceException(
            Reason.RUNTIME, "The native runtime failed: " + e.getMessage(), source.title(), e);
      } catch (RuntimeException | Error e) {
        graph.close();
        throw e;
      }
    } catch (OutOfMemoryError e) {
      prompts.discard();
      throw new InferenceException(
          Reason.RUNTIME,
          "There is not enough memory for "
              + source.title()
              + " ("
              + e.getMessage()
              + "); set a shorter context or less concurrency. Before Java 22 caches count as direct"
              + " memory: -XX:MaxDirectMemorySize bounds it, by default to the size of the heap.",
          source.title(),
          e);
    } catch (RuntimeException | Error e) {
      prompts.discard();
      throw e;
    }
  }

  private static OnnxLanguageModel of(
      LoadableModel source,
      Prompts prompts,
      DecoderGraph graph,
      GraphPlan plan,
      String runtime,
      EngineSettings settings)
      throws OrtException {
    Set<Integer> endTokens = prompts.endTokens(plan.layout().endTokens(), graph.vocabularySize());
    return new OnnxLanguageModel(
        source,
        prompts,
        Decoder.of(graph, prompts.tokenizer().vocabulary(), endTokens, drafts(plan, settings)),
        new PromptReuse(graph, settings.prefixCache(), ModelIdentity.of(source, graph, runtime)),
        new RunInterrupt(),
        settings);
  }

  private static boolean drafts(GraphPlan plan, EngineSettings settings) {
    return switch (settings.drafting()) {
      case NEVER -> false;
      case WHERE_EXACT -> plan.computesAloneAsAmongOthers() && !settings.surgery().int8Cache();
      case ALWAYS -> true;
    };
  }

  private void serve() {
    try {
      scheduler.run(closed());
    } finally {
      reuse.close();
      interrupt.close();
      decoder.graph().close();
      prompts.close();
      deadlines.close();
      delivery.close();
    }
  }

  @Override
  public LoadableModel source() {
    return source;
  }

  @Override
  public ModelInfo info() {
    return info;
  }

  @Override
  public int countTokens(GenerationRequest request) {
    return prompts.encode(request).length;
  }

  @Override
  public Generation generate(GenerationRequest request, GenerationListener listener) {
    long submitted = System.nanoTime();
    PreparedRequest prepared = prompts.unprepared();
    CompiledConstraint constraint = null;
    InferenceException refusal = null;
    try {
      requireReadable(request);
      request.adapter().ifPresent(this::requireAdapter);
      prepared = prompts.prepare(request);
      requireRoom(prepared.prompt().length, 1);
      int room = info.contextLength() - prepared.prompt().length;
      constraint = constraints.of(prepared.plan(), Math.min(request.maxTokens(), room));
    } catch (InferenceException e) {
      refusal = e.reason() == Reason.CLOSED ? closed() : e;
    } catch (RuntimeException | Error e) {
      refusal =
          new InferenceException(
              Reason.RUNTIME, "The prompt could not be made: " + e, source.title(), e);
    }
    OnnxGeneration generation =
        new OnnxGeneration(
            request,
            submitted,
            prompts.answer(prepared),
            constraint,
            prepared.marked(),
            listener,
            delivery,
            scheduler);
    if (refusal != null) {
      generation.fail(refusal);
    } else {
      submit(generation);
      request
          .timeout()
          .map(timeout -> timeout.minusNanos(System.nanoTime() - submitted))
          .ifPresent(
              left -> deadlines.watch(generation, left, generation::expire, generation::fail));
    }
    return generation;
  }

  @Override
  public AnswerScore score(List<ChatMessage> messages, String answer) {
    delivery.refuseToWaitForItself();
    GenerationRequest asked = GenerationRequest.builder().messages(messages).build();
    ScoreRequest request = new ScoreRequest(prompts.encode(asked), prompts.encodeAnswer(answer));
    requireRoom(request.length(), 0);
    submit(request);
    return request.await();
  }

  /**
   * Refuses what cannot fit before it is tokenized, which takes seconds for megabytes: no token
   * stands for more bytes than the longest one. Normalizers may shorten texts, but not by so much.
   */
  private void requireReadable(GenerationRequest request) {
    long most = NORMALIZED_BYTES_PER_BYTE * info.contextLength() * longestTokenBytes;
    long chars = request.messages().stream().mapToLong(OnnxLanguageModel::charactersOf).sum();
    chars += characters(request.documents()) + characters(request.templateVariables());
    for (ToolDefinition tool : request.tools()) {
      chars += tool.description().length() + tool.parameters().json().length();
    }
    if (chars > most) {
      throw new InferenceException(
          Reason.PROMPT_TOO_LONG,
          "The conversation has "
              + chars
              + " characters, more than the context of "
              + source.title()
              + " with "
              + info.contextLength()
              + " tokens can hold; shorten it or leave out old messages.",
          source.title());
    }
  }

  /** Of JSON-like values; names count as well. */
  private static long characters(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return characters(map.keySet()) + characters(map.values());
    }
    if (value instanceof Collection<?> values) {
      return values.stream().mapToLong(OnnxLanguageModel::characters).sum();
    }
    return value instanceof CharSequence text ? text.length() : 0;
  }

  private static long charactersOf(ChatMessage message) {
    return message.content().length()
        + message.toolCalls().stream().mapToLong(call -> call.arguments().length()).sum();
  }

  private void requireAdapter(String name) {
    Set<String> adapters = decoder.graph().adapters();
    if (!adapters.contains(name)) {
      throw new InferenceException(
          Reason.NO_SUCH_ADAPTER,
          source.title()
              + " has no adapter '"
              + name
              + "' in its folder adapters; it has "
              + (adapters.isEmpty() ? "none" : String.join(", ", adapters))
              + ".",
          name);
    }
  }

  private void requireRoom(int tokens, int more) {
    if (tokens + more > info.contextLength()) {
      throw new InferenceException(
          Reason.PROMPT_TOO_LONG,
          "The conversation has "
              + tokens
              + " tokens, and the context of "
              + source.title()
              + " holds "
              + info.contextLength()
              + " with the answer; shorten it or leave out old messages.",
          source.title());
    }
  }

  private void submit(Request request) {
    switch (scheduler.offer(request)) {
      case ACCEPTED -> {}
      case CLOSED -> scheduler.end(request, new Ending.Failure(closed()));
      case FULL -> scheduler.end(request, new Ending.Failure(overloaded()));
    }
  }

  private InferenceException overloaded() {
    return new InferenceException(
        Reason.OVERLOADED,
        scheduler.waiting()
            + " requests wait for "
            + source.title()
            + " already, as many as the queue holds; by those before, one more would wait for about "
            + Math.max(1, scheduler.estimatedWait().toSeconds())
            + " s. Try again later or raise the bound.",
        source.title());
  }

  /**
   * Ends what runs and what waits, and frees all native memory before it returns, also when a
   * listener calls it. It does not wait until the listeners have heard of the end.
   */
  @Override
  public void close() {
    scheduler.close();
    // A host's executor may run listeners on the thread that submits to it.
    if (Thread.currentThread() != thread) {
      joinThread();
    }
  }

  private void joinThread() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private InferenceException closed() {
    return new InferenceException(
        Reason.CLOSED, source.title() + " was closed; load it again.", source.title());
  }

  @Override
  public String toString() {
    return "OnnxLanguageModel[" + source.title() + "]";
  }
}
