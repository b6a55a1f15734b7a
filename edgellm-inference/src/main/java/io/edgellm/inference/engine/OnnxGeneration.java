package io.edgellm.inference.engine;

import io.edgellm.inference.sampling.Logprobs;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.Priority;
import io.edgellm.llm.TokenLogprobs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A generation and its handle: what was asked, the answer so far, and the way of its events.
 *
 * <p>The answer belongs to whoever holds the request, see {@link RequestEnd}; events leave through
 * a queue of their own, and the result is complete once the last one was heard.
 */
final class OnnxGeneration extends Request implements Generation {
  private final GenerationRequest request;
  private final Answer answer;
  private final int marked;
  private final GenerationListener listener;
  private final Delivery delivery;
  private final Scheduler scheduler;
  private final EventQueue events;
  private final CompletableFuture<GenerationResult> result = new CompletableFuture<>();
  private final long submitted;
  private int cached;
  private long started;
  private long firstToken;
  private volatile boolean deaf;

  /**
   * @param submitted the {@link System#nanoTime()} from which its time counts
   * @param marked how many tokens of the prompt other requests will begin with
   */
  OnnxGeneration(
      GenerationRequest request,
      long submitted,
      Answer answer,
      int marked,
      GenerationListener listener,
      Delivery delivery,
      Scheduler scheduler) {
    this.request = request;
    this.submitted = submitted;
    this.answer = answer;
    this.marked = marked;
    this.listener = listener;
    this.delivery = delivery;
    this.scheduler = scheduler;
    this.events = new EventQueue(this::hear, delivery, this::cannotBeHeard, scheduler::wake);
  }

  @Override
  Priority priority() {
    return request.priority();
  }

  @Override
  boolean isOverdue(long nanoTime) {
    Duration waited = Duration.ofNanos(nanoTime - submitted);
    return request.timeout().filter(timeout -> waited.compareTo(timeout) >= 0).isPresent();
  }

  @Override
  int[] prompt() {
    return answer.tokens();
  }

  /** The last token has to be read, since its logits are wanted. */
  @Override
  int reusable() {
    return request.readsAnew() ? 0 : answer.promptLength() - 1;
  }

  @Override
  int marked() {
    return marked;
  }

  @Override
  @Nullable String adapter() {
    return request.adapter().orElse(null);
  }

  @Override
  Sequence begin(Decoder decoder, int slot, int alreadyRead) {
    cached = alreadyRead;
    tellStart();
    return new AnswerSequence(this, answer, request, decoder, slot);
  }

  private void tellStart() {
    started = System.nanoTime();
    events.post(new GenerationEvent.Started(started, submitted, answer.promptLength()));
  }

  /**
   * Takes the next token; false if it was the last one.
   *
   * @param likelihoods of the tokens in its place, if the request asked for them
   */
  boolean put(int token, Optional<Logprobs> likelihoods) {
    long now = System.nanoTime();
    if (firstToken == 0) {
      firstToken = now;
    }
    TokenLogprobs logprobs = likelihoods.map(answer::add).orElse(null);
    String text = answer.add(token);
    if (listener != GenerationListener.silent()) {
      events.post(new GenerationEvent.Token(now, token, text, logprobs));
    }
    return !answer.stopped();
  }

  /** Returns whether it has to wait for its listener. */
  boolean isPaused() {
    return events.isFull();
  }

  @Override
  void tellEnd(Ending ending) {
    if (ending instanceof Ending.Finish finish) {
      if (started == 0) {
        tellStart();
      }
      tellFinish(finish.reason());
    } else if (ending instanceof Ending.Failure failure) {
      events.post(new GenerationEvent.Failed(System.nanoTime(), failure.why()));
    }
  }

  private void tellFinish(FinishReason reason) {
    String trailing = answer.finish();
    long now = System.nanoTime();
    GenerationResult finished =
        new GenerationResult(
            answer.text(),
            answer.answered(),
            reason,
            answer.promptLength(),
            Duration.ofNanos(started - submitted),
            firstToken == 0 ? Duration.ZERO : Duration.ofNanos(firstToken - submitted),
            Duration.ofNanos(now - submitted),
            cached,
            answer.logprobs(),
            "",
            List.of(),
            List.of());
    events.post(new GenerationEvent.Finished(now, trailing, finished));
  }

  /** Hears the events on a thread that delivers, for the listener. */
  private void hear(GenerationEvent event) {
    if (deaf) {
      return;
    }
    try {
      listener.onEvent(event);
    } catch (RuntimeException | Error e) {
      listenerFailed(event, e);
      return;
    }
    if (event instanceof GenerationEvent.Finished finished) {
      result.complete(finished.result());
    } else if (event instanceof GenerationEvent.Failed failed) {
      result.completeExceptionally(failed.failure());
    }
  }

  private void listenerFailed(GenerationEvent event, Throwable thrown) {
    InferenceException failed =
        new InferenceException(
            InferenceException.Reason.LISTENER_FAILED,
            "The listener of the request failed: " + thrown,
            null,
            thrown);
    if (event instanceof GenerationEvent.Failed why) {
      why.failure().addSuppressed(failed);
      failed = why.failure();
    }
    giveUp(failed);
  }

  private void cannotBeHeard(Throwable thrown) {
    giveUp(
        new InferenceException(
            InferenceException.Reason.RUNTIME,
            "The executor for events takes no more tasks: " + thrown,
            null,
            thrown));
  }

  /** Ends it without a listener. */
  private void giveUp(InferenceException why) {
    deaf = true;
    result.completeExceptionally(why);
    scheduler.end(this, new Ending.Failure(why));
  }

  @Override
  public void cancel() {
    scheduler.end(this, new Ending.Finish(FinishReason.CANCELLED));
  }

  /** Ends it since its time is over. */
  void expire() {
    scheduler.end(this, new Ending.Finish(FinishReason.DEADLINE));
  }

  /** Ends it with a failure. */
  void fail(InferenceException why) {
    scheduler.end(this, new Ending.Failure(why));
  }

  @Override
  public CompletionStage<GenerationResult> result() {
    return result.minimalCompletionStage();
  }

  @Override
  public GenerationResult await() throws InterruptedException {
    if (!result.isDone()) {
      delivery.refuseToWaitForItself();
    }
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw (InferenceException) e.getCause();
    }
  }
}
