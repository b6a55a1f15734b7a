package io.edgellm.examples.langchain4j;

import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LanguageModel;
import io.edgellm.llm.ModelInfo;
import io.edgellm.llm.ToolCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A model whose events are written down; it tells them all before {@code generate} returns. */
final class ScriptedModel implements LanguageModel {
  private final List<GenerationEvent> events;
  final List<GenerationRequest> requests = new ArrayList<>();
  int cancellations;

  ScriptedModel(GenerationEvent... events) {
    this.events = List.of(events);
  }

  static GenerationEvent token(String text) {
    return new GenerationEvent.Token(0, 1, text);
  }

  static GenerationEvent failed(InferenceException.Reason reason) {
    return new GenerationEvent.Failed(0, new InferenceException(reason, "It says why.", null));
  }

  static GenerationEvent finished(String text, FinishReason reason) {
    return finished(text, reason, "", List.of());
  }

  static GenerationEvent finished(
      String text, FinishReason reason, String reasoning, List<ToolCall> calls) {
    return new GenerationEvent.Finished(
        0,
        "",
        new GenerationResult(
            text,
            List.of(1, 2),
            reason,
            5,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            0,
            List.of(),
            reasoning,
            calls,
            List.of()));
  }

  @Override
  public ModelInfo info() {
    return new ModelInfo("scripted", 512, 1);
  }

  @Override
  public Generation generate(GenerationRequest request, GenerationListener listener) {
    requests.add(request);
    events.forEach(listener::onEvent);
    return new Told();
  }

  @Override
  public int countTokens(GenerationRequest request) {
    return request.messages().size();
  }

  private final class Told implements Generation {
    @Override
    public void cancel() {
      cancellations++;
    }

    @Override
    public CompletionStage<GenerationResult> result() {
      return CompletableFuture.completedFuture(await());
    }

    @Override
    public GenerationResult await() {
      GenerationEvent last = events.get(events.size() - 1);
      if (last instanceof GenerationEvent.Failed failed) {
        throw failed.failure();
      }
      return ((GenerationEvent.Finished) last).result();
    }
  }
}
