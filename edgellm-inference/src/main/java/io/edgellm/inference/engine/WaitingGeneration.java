package io.edgellm.inference.engine;

import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.InferenceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A generation whose model has yet to be loaded. It begins on the model, or ends before that: since
 * it was cancelled, its time was over, or there is no model for it. Exactly one of these.
 */
final class WaitingGeneration implements Generation {
  private static final Duration SOON = Duration.ofNanos(1);

  private final GenerationRequest request;
  private final GenerationListener listener;
  private final Delivery delivery;
  private final Runnable changed;
  private final long submitted = System.nanoTime();
  private final CompletableFuture<GenerationResult> result = new CompletableFuture<>();
  private boolean pending = true;
  private @Nullable Generation begun;

  /**
   * @param delivery where the listener hears that it ended before it began
   * @param changed told when it does not wait any more
   */
  WaitingGeneration(
      GenerationRequest request, GenerationListener listener, Delivery delivery, Runnable changed) {
    this.request = request;
    this.listener = listener;
    this.delivery = delivery;
    this.changed = changed;
  }

  /** Returns whether it still waits. */
  synchronized boolean isPending() {
    return pending;
  }

  /** Stops waiting; returns false if it did before. */
  private synchronized boolean take() {
    boolean was = pending;
    pending = false;
    return was;
  }

  /** Begins it on a model. Returns false if it ended before. */
  boolean begin(BiFunction<GenerationRequest, GenerationListener, Generation> model) {
    Generation generation;
    synchronized (this) {
      if (!pending) {
        return false;
      }
      try {
        generation = model.apply(timed(), listener);
      } catch (RuntimeException | Error e) {
        pending = false;
        tell(failed(e));
        return true;
      }
      pending = false;
      begun = generation;
    }
    generation.result().whenComplete(this::complete);
    return true;
  }

  private static InferenceException failed(Throwable e) {
    return new InferenceException(
        InferenceException.Reason.RUNTIME, "The request could not begin: " + e, null, e);
  }

  /** The request with the time that is left of it. */
  private GenerationRequest timed() {
    Duration waited = Duration.ofNanos(System.nanoTime() - submitted);
    return request
        .timeout()
        .map(timeout -> timeout.minus(waited))
        .map(left -> request.withTimeout(left.compareTo(SOON) < 0 ? SOON : left))
        .orElse(request);
  }

  private void complete(@Nullable GenerationResult answer, @Nullable Throwable failure) {
    if (failure == null) {
      result.complete(answer);
    } else {
      result.completeExceptionally(
          failure instanceof CompletionException ? failure.getCause() : failure);
    }
  }

  /** Ends it since there is no model. */
  void refuse(InferenceException why) {
    if (take()) {
      tell(why);
    }
  }

  private void tell(InferenceException why) {
    deliver(
        () -> {
          listener.onEvent(new GenerationEvent.Failed(System.nanoTime(), why));
          result.completeExceptionally(why);
        });
  }

  /** Ends it since its time is over. */
  void expire() {
    finish(FinishReason.DEADLINE);
  }

  @Override
  public void cancel() {
    Generation generation = begunGeneration();
    if (generation == null) {
      finish(FinishReason.CANCELLED);
      generation = begunGeneration();
    }
    if (generation != null) {
      generation.cancel();
    }
  }

  private synchronized @Nullable Generation begunGeneration() {
    return begun;
  }

  private void finish(FinishReason reason) {
    if (!take()) {
      return;
    }
    changed.run();
    long now = System.nanoTime();
    Duration waited = Duration.ofNanos(now - submitted);
    GenerationResult nothing =
        new GenerationResult("", List.of(), reason, 0, waited, Duration.ZERO, waited);
    deliver(
        () -> {
          listener.onEvent(new GenerationEvent.Started(now, submitted, 0));
          listener.onEvent(new GenerationEvent.Finished(now, "", nothing));
          result.complete(nothing);
        });
  }

  private void deliver(Runnable events) {
    try {
      delivery.execute(
          () -> {
            try {
              events.run();
            } catch (RuntimeException | Error e) {
              listenerFailed(e);
            }
          });
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      result.completeExceptionally(failed(e));
    }
  }

  private void listenerFailed(Throwable e) {
    result.completeExceptionally(
        new InferenceException(
            InferenceException.Reason.LISTENER_FAILED,
            "The listener of the request failed: " + e,
            null,
            e));
  }

  @Override
  public CompletionStage<GenerationResult> result() {
    return result.minimalCompletionStage();
  }

  @Override
  public GenerationResult await() throws InterruptedException {
    Generation generation = begunGeneration();
    if (generation != null) {
      return generation.await();
    }
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
