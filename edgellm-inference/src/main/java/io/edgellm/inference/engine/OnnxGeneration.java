package io.edgellm.inference.engine;

import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RunInterruptedException;
import io.edgellm.inference.sampling.TokenSampler;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.TokenLogprobs;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;

/**
 * A generation and its handle.
 *
 * <p>Events come from the decoder thread; those of a generation that never began come from the
 * thread that refused, cancelled or closed it.
 */
final class OnnxGeneration implements Generation, Request {
  private final GenerationRequest request;
  private final int[] prompt;
  private final Answer answer;
  private final GenerationListener listener;
  private final Predicate<Request> withdraw;
  private final Runnable beforeWaiting;
  private final RequestEnd end = new RequestEnd();
  private final CompletableFuture<GenerationResult> result = new CompletableFuture<>();
  private final long submitted = System.nanoTime();
  private long started;
  private long firstToken;

  /**
   * @param prompt the tokens of the conversation; empty if it could not be rendered
   * @param withdraw takes it out of the queue and returns whether it still waited there
   * @param beforeWaiting throws on a thread that would wait for itself
   */
  OnnxGeneration(
      GenerationRequest request,
      int[] prompt,
      Answer answer,
      GenerationListener listener,
      Predicate<Request> withdraw,
      Runnable beforeWaiting) {
    this.request = request;
    this.prompt = prompt;
    this.answer = answer;
    this.listener = listener;
    this.withdraw = withdraw;
    this.beforeWaiting = beforeWaiting;
  }

  @Override
  public void run(Decoder decoder) {
    if (isOverdue()) {
      end.finish(FinishReason.DEADLINE);
    }
    try (RunInterrupt interrupt = end.begin()) {
      start();
      finish(decode(decoder, interrupt));
    } catch (InferenceException e) {
      refuse(e);
    } catch (OrtException e) {
      refuse(broken("The native runtime failed: " + e.getMessage(), e));
    } catch (RuntimeException | Error e) {
      refuse(broken("The engine failed: " + e, e));
    }
  }

  /** Whether its time passed while it waited; the executor that watches it may be late. */
  private boolean isOverdue() {
    Duration waited = Duration.ofNanos(System.nanoTime() - submitted);
    return request.timeout().filter(timeout -> waited.compareTo(timeout) >= 0).isPresent();
  }

  private FinishReason decode(Decoder decoder, RunInterrupt interrupt) throws OrtException {
    TokenSampler sampler =
        new TokenSampler(request.sampling(), request.logprobs(), decoder.candidates());
    try {
      return decoder
          .loop()
          .run(prompt, request.maxTokens(), sampler, interrupt, token -> put(token, sampler));
    } catch (RunInterruptedException e) {
      return end.reason().orElseThrow(() -> broken("A forward pass was interrupted.", e));
    }
  }

  private void start() {
    started = System.nanoTime();
    tell(new GenerationEvent.Started(started, submitted, prompt.length));
  }

  private boolean put(int token, TokenSampler sampler) {
    long now = System.nanoTime();
    if (firstToken == 0) {
      firstToken = now;
    }
    TokenLogprobs logprobs = sampler.logprobs().map(answer::add).orElse(null);
    tell(new GenerationEvent.Token(now, token, answer.add(token), logprobs));
    return !answer.stopped();
  }

  private void finish(FinishReason reason) {
    String trailing = answer.finish();
    long now = System.nanoTime();
    GenerationResult finished =
        new GenerationResult(
            answer.text(),
            answer.tokens(),
            reason,
            prompt.length,
            Duration.ofNanos(started - submitted),
            firstToken == 0 ? Duration.ZERO : Duration.ofNanos(firstToken - submitted),
            Duration.ofNanos(now - submitted),
            answer.logprobs());
    tell(new GenerationEvent.Finished(now, trailing, finished));
    result.complete(finished);
  }

  private void tell(GenerationEvent event) {
    try {
      listener.onEvent(event);
    } catch (RuntimeException | Error e) {
      throw new InferenceException(
          InferenceException.Reason.LISTENER_FAILED,
          "The listener of the request failed: " + e,
          null,
          e);
    }
  }

  /** Ends it with a failure; a listener that failed hears no more. */
  @Override
  public void refuse(InferenceException why) {
    if (why.reason() != InferenceException.Reason.LISTENER_FAILED) {
      try {
        tell(new GenerationEvent.Failed(System.nanoTime(), why));
      } catch (InferenceException alsoFailed) {
        why.addSuppressed(alsoFailed);
      }
    }
    result.completeExceptionally(why);
  }

  @Override
  public void abort(InferenceException why) {
    if (!end.fail(why) && withdraw.test(this)) {
      refuse(why);
    }
  }

  @Override
  public void cancel() {
    end(FinishReason.CANCELLED);
  }

  /** Ends it since its time is over. */
  void expire() {
    end(FinishReason.DEADLINE);
  }

  private void end(FinishReason reason) {
    if (end.finish(reason) || !withdraw.test(this)) {
      return;
    }
    try {
      start();
      finish(end.reason().orElse(reason));
    } catch (InferenceException e) {
      refuse(e);
    }
  }

  @Override
  public CompletionStage<GenerationResult> result() {
    return result.minimalCompletionStage();
  }

  @Override
  public GenerationResult await() throws InterruptedException {
    if (!result.isDone()) {
      beforeWaiting.run();
    }
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw (InferenceException) e.getCause();
    }
  }

  private static InferenceException broken(String message, Throwable cause) {
    return new InferenceException(InferenceException.Reason.RUNTIME, message, null, cause);
  }
}
