package io.edgellm.inference.engine;

import io.edgellm.inference.answer.AnswerPart;
import io.edgellm.inference.constraint.CompiledConstraint;
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
import java.util.ArrayList;
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
  private final @Nullable CompiledConstraint constraint;
  private final int marked;
  private final GenerationListener listener;
  private final Delivery delivery;
  private final Scheduler scheduler;
  private final EventQueue events;
  private final CompletableFuture<GenerationResult> result = new CompletableFuture<>();
  private final long submitted;
  private final List<AnswerPart> ending = new ArrayList<>();
  private int cached;
  private long started;
  private long firstToken;
  private volatile boolean deaf;

  /**
   * @param submitted the {@link System#nanoTime()} from which its time counts
   * @param constraint what the answer is held to; null if it is free
   * @param marked how many tokens of the prompt other requests will begin with
   */
  OnnxGeneration(
      GenerationRequest request,
      long submitted,
      Answer answer,
      @Nullable CompiledConstraint constraint,
      int marked,
      GenerationListener listener,
      Delivery delivery,
      Scheduler scheduler) {
    this.request = request;
    this.submitted = submitted;
    this.answer = answer;
    this.constraint = constraint;
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
    return new AnswerSequence(this, answer, request, guidance(), decoder, slot);
  }

  private @Nullable Guidance guidance() {
    return constraint == null ? null : new Guidance(constraint.begin(), request);
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
    List<AnswerPart> parts = answer.add(token);
    if (listener != GenerationListener.silent()) {
      events.post(new GenerationEvent.Token(now, token, textOf(parts), logprobs));
      tellAllButText(now, parts);
    }
    return !answer.stopped();
  }

  /** Takes the token that ends the answer. */
  void putEnd(int token) {
    ending.addAll(answer.end(token));
  }

  private static String textOf(List<AnswerPart> parts) {
    StringBuilder text = new StringBuilder();
    for (AnswerPart part : parts) {
      if (part instanceof AnswerPart.Text more) {
        text.append(more.text());
      }
    }
    return text.toString();
  }

  private void tellAllButText(long now, List<AnswerPart> parts) {
    for (AnswerPart part : parts) {
      if (part instanceof AnswerPart.Reasoning more) {
        events.post(new GenerationEvent.Reasoning(now, more.text()));
      } else if (part instanceof AnswerPart.CallStarted call) {
        events.post(new GenerationEvent.ToolCallStarted(now, call.index(), call.name()));
      } else if (part instanceof AnswerPart.CallFinished call) {
        events.post(new GenerationEvent.ToolCalled(now, call.index(), call.call()));
      } else if (part instanceof AnswerPart.CallRejected call) {
        events.post(new GenerationEvent.ToolCallRejected(now, call.malformed()));
      }
    }
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
    ending.addAll(answer.finish());
    long now = System.nanoTime();
    tellAllButText(now, ending);
    GenerationResult finished =
        new GenerationResult(
            answer.text(),
            answer.answered(),
            calledTools(reason) ? FinishReason.TOOL_CALLS : reason,
            answer.promptLength(),
            Duration.ofNanos(started - submitted),
            firstToken == 0 ? Duration.ZERO : Duration.ofNanos(firstToken - submitted),
            Duration.ofNanos(now - submitted),
            cached,
            answer.logprobs(),
            answer.reasoning(),
            answer.calls(),
            answer.malformed());
    events.post(new GenerationEvent.Finished(now, textOf(ending), finished));
  }

  private boolean calledTools(FinishReason reason) {
    return reason == FinishReason.END && !answer.calls().isEmpty();
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
