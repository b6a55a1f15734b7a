package io.edgellm.inference.engine;

import ai.onnxruntime.OrtEnvironment;
import io.edgellm.inference.graph.DecoderGraph;
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
import io.edgellm.trust.LoadableModel;
import java.util.List;
import java.util.Set;

/**
 * A model in memory.
 *
 * <p>One thread owns the graph and everything native that belongs to it: it runs the requests in
 * the order of their arrival, and frees all of it when the model is closed. Conversations are
 * rendered and tokenized by the threads that submit them.
 */
public final class OnnxLanguageModel implements LoadedModel, AnswerScorer {
  private final LoadableModel source;
  private final ModelInfo info;
  private final Prompts prompts;
  private final Decoder decoder;
  private final RequestQueue<Request> queue;
  private final Deadlines deadlines;
  private final Thread thread;

  private OnnxLanguageModel(
      LoadableModel source, Prompts prompts, Decoder decoder, EngineSettings settings) {
    this.source = source;
    this.info = new ModelInfo(source.title(), decoder.graph().contextTokens(), 1);
    this.prompts = prompts;
    this.decoder = decoder;
    this.queue = new RequestQueue<>(settings.queueBound());
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
    Prompts prompts = Prompts.load(directory, settings.clock());
    try {
      DecoderGraph graph =
          DecoderGraph.open(
              environment, directory, layout, settings.session(layout.contextTokens()));
      try {
        Set<Integer> endTokens = prompts.endTokens(layout.endTokens(), graph.vocabularySize());
        OnnxLanguageModel model =
            new OnnxLanguageModel(source, prompts, Decoder.of(graph, endTokens), settings);
        model.thread.start();
        return model;
      } catch (RuntimeException | Error e) {
        graph.close();
        throw e;
      }
    } catch (OutOfMemoryError e) {
      prompts.close();
      throw new InferenceException(
          Reason.RUNTIME,
          "There is not enough memory for " + source.title() + "; set a shorter context.",
          source.title(),
          e);
    } catch (RuntimeException | Error e) {
      prompts.close();
      throw e;
    }
  }

  private void serve() {
    try {
      for (Request next = queue.take(); next != null; next = queue.take()) {
        next.run(decoder);
      }
    } finally {
      queue.close().forEach(request -> request.refuse(closed()));
      decoder.graph().close();
      prompts.close();
      deadlines.close();
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
  public int countTokens(List<ChatMessage> messages) {
    return prompts.encode(messages).length;
  }

  @Override
  public Generation generate(GenerationRequest request, GenerationListener listener) {
    int[] prompt = {};
    InferenceException refusal = null;
    try {
      prompt = prompts.encode(request.messages());
      requireRoom(prompt.length, 1);
    } catch (InferenceException e) {
      refusal = e;
    }
    OnnxGeneration generation =
        new OnnxGeneration(
            request,
            prompt,
            new Answer(prompts.tokenizer(), request.stopStrings()),
            listener,
            queue::remove,
            this::refuseToWaitForItself);
    if (refusal != null) {
      generation.refuse(refusal);
    } else {
      // In this order: a deadline that comes at once has to find the request in the queue.
      submit(generation);
      request.timeout().ifPresent(timeout -> deadlines.watch(generation, timeout));
    }
    return generation;
  }

  @Override
  public AnswerScore score(List<ChatMessage> messages, String answer) {
    refuseToWaitForItself();
    ScoreRequest request = new ScoreRequest(prompts.encode(messages), prompts.encodeAnswer(answer));
    requireRoom(request.tokens(), 0);
    submit(request);
    return request.await();
  }

  /**
   * @throws IllegalStateException on the thread that all answers come from
   */
  private void refuseToWaitForItself() {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException(
          "A listener cannot wait for an answer of the same model, whose thread it runs on; wait on"
              + " another thread, or go on in a stage of result().");
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
    switch (queue.offer(request)) {
      case ACCEPTED -> {}
      case CLOSED -> request.refuse(closed());
      case FULL ->
          request.refuse(
              new InferenceException(
                  Reason.OVERLOADED,
                  "As many requests as the queue holds wait for "
                      + source.title()
                      + " already; try again later or raise the bound.",
                  source.title()));
    }
  }

  /**
   * Ends what runs and what waits, and frees all native memory before it returns. Called by a
   * listener it returns at once, and the memory is free when the listener's request has ended.
   */
  @Override
  public void close() {
    queue.close().forEach(request -> request.refuse(closed()));
    queue.running().ifPresent(request -> request.abort(closed()));
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
