package io.edgellm.telemetry;

import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.ModelInfo;
import io.edgellm.trust.LoadableModel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * A model that plays a list of events to its listener, with the times that are in them, and obeys
 * the rules of {@link GenerationListener}: whoever throws ends the generation and hears no more.
 */
class ScriptedModel implements LoadedModel {
  private final LoadableModel source;
  private final List<GenerationEvent> script;

  ScriptedModel(LoadableModel source, GenerationEvent... script) {
    this.source = source;
    this.script = List.of(script);
  }

  static GenerationEvent finished(long nanoTime, FinishReason reason) {
    Duration zero = Duration.ZERO;
    return new GenerationEvent.Finished(
        nanoTime, "", new GenerationResult("", List.of(1, 2), reason, 7, zero, zero, zero));
  }

  static GenerationEvent failed(long nanoTime, InferenceException.Reason reason) {
    return new GenerationEvent.Failed(nanoTime, new InferenceException(reason, "as told", null));
  }

  @Override
  public LoadableModel source() {
    return source;
  }

  @Override
  public ModelInfo info() {
    return new ModelInfo("scripted", 1024, 1);
  }

  @Override
  public Generation generate(GenerationRequest request, GenerationListener listener) {
    return new PlayedGeneration(play(listener));
  }

  private CompletableFuture<GenerationResult> play(GenerationListener listener) {
    CompletableFuture<GenerationResult> result = new CompletableFuture<>();
    for (GenerationEvent event : script) {
      try {
        listener.onEvent(event);
      } catch (IllegalStateException e) {
        result.completeExceptionally(
            new InferenceException(
                InferenceException.Reason.LISTENER_FAILED, "the listener threw", null, e));
        return result;
      }
      if (event instanceof GenerationEvent.Finished end) {
        result.complete(end.result());
      } else if (event instanceof GenerationEvent.Failed end) {
        result.completeExceptionally(end.failure());
      }
    }
    return result;
  }

  @Override
  public int countTokens(GenerationRequest request) {
    return request.messages().size();
  }

  @Override
  public void close() {}

  private record PlayedGeneration(CompletableFuture<GenerationResult> answer)
      implements Generation {
    @Override
    public void cancel() {}

    @Override
    public CompletionStage<GenerationResult> result() {
      return answer;
    }

    @Override
    public GenerationResult await() {
      try {
        return answer.join();
      } catch (CompletionException e) {
        throw (InferenceException) e.getCause();
      }
    }
  }
}
