package io.edgellm.benchmarks.comparison;

import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** This project's engine, through its public API. */
final class EdgeLlmEngine implements Engine {
  private final LoadedModel model;

  EdgeLlmEngine(EngineSettings settings) {
    OnnxOptions.Builder options =
        OnnxOptions.builder()
            .threads(settings.threads())
            .maxContextTokens(settings.context())
            .cacheDirectory(settings.cache())
            .concurrency(settings.concurrency());
    if (settings.chunk() > 0) {
      options.prefillChunk(settings.chunk());
    }
    model = new OnnxModelLoader(options.build()).load(DevelopmentModel.at(settings.model()));
  }

  @Override
  public int tokens(String text) {
    return model.countTokens(List.of(ChatMessage.user(text)));
  }

  @Override
  public Answer answer(String system, String text, int tokens) throws InterruptedException {
    CompletableFuture<Reading> firstToken = new CompletableFuture<>();
    GenerationListener listener =
        event -> {
          if (event instanceof GenerationEvent.Token && !firstToken.isDone()) {
            firstToken.complete(Reading.now());
          }
        };
    Reading submitted = Reading.now();
    GenerationResult result = model.generate(request(system, text, tokens), listener).await();
    Reading complete = Reading.now();
    check(result, tokens);
    return new Answer(submitted, firstToken.join(), complete, result.text());
  }

  @Override
  public Reading answerTogether(List<String> texts, int tokens) throws InterruptedException {
    List<Generation> generations = new ArrayList<>();
    for (String text : texts) {
      generations.add(model.generate(request("", text, tokens), GenerationListener.silent()));
    }
    for (Generation generation : generations) {
      check(generation.await(), tokens);
    }
    return Reading.now();
  }

  private static GenerationRequest request(String system, String text, int tokens) {
    GenerationRequest.Builder request = GenerationRequest.builder().maxTokens(tokens);
    if (!system.isEmpty()) {
      request.system(system);
    }
    return request.user(text).build();
  }

  private static void check(GenerationResult result, int tokens) {
    if (result.completionTokens() != tokens) {
      throw new IllegalStateException(
          "This engine generated %d tokens instead of %d (%s); take a model that does not end so soon, or another --seed."
              .formatted(result.completionTokens(), tokens, result.finishReason()));
    }
  }
}
