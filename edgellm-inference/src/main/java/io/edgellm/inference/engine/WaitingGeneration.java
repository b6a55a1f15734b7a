package io.edgellm.inference.engine;

import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.InferenceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A generation whose model has yet to be loaded. Cancelled before that, it ends as soon as the
 * model is there, or could not be had.
 */
final class WaitingGeneration implements Generation {
  private final GenerationRequest request;
  private final GenerationListener listener;
  private final CompletableFuture<GenerationResult> result = new CompletableFuture<>();
  private @Nullable Generation begun;
  private boolean cancelled;

  WaitingGeneration(GenerationRequest request, GenerationListener listener) {
    this.request = request;
    this.listener = listener;
  }

  /** Begins it on a model. */
  void begin(BiFunction<GenerationRequest, GenerationListener, Generation> model) {
    Generation generation = model.apply(request, listener);
    boolean tooLate;
    synchronized (this) {
      begun = generation;
      tooLate = cancelled;
    }
    if (tooLate) {
      generation.cancel();
    }
    generation
        .result()
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                result.complete(answer);
              } else {
                result.completeExceptionally(
                    failure instanceof CompletionException ? failure.getCause() : failure);
              }
            });
  }

  /** Ends it since there is no model. */
  void refuse(InferenceException why) {
    try {
      listener.onEvent(new GenerationEvent.Failed(System.nanoTime(), why));
    } catch (RuntimeException | Error e) {
      why.addSuppressed(e);
    }
    result.completeExceptionally(why);
  }

  @Override
  public void cancel() {
    Generation generation;
    synchronized (this) {
      cancelled = true;
      generation = begun;
    }
    if (generation != null) {
      generation.cancel();
    }
  }

  @Override
  public CompletionStage<GenerationResult> result() {
    return result.minimalCompletionStage();
  }

  @Override
  public GenerationResult await() throws InterruptedException {
    Generation generation;
    synchronized (this) {
      generation = begun;
    }
    if (generation != null) {
      return generation.await();
    }
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw (InferenceException) e.getCause();
    }
  }
}
