package io.edgellm.llm;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A model whose answers are written down; what it does not know it leaves unfinished. */
final class ScriptedModel implements LanguageModel, AnswerScorer {
  private final Map<String, String> answers;

  ScriptedModel(Map<String, String> answers) {
    this.answers = answers;
  }

  @Override
  public ModelInfo info() {
    return new ModelInfo("scripted", 512, 1);
  }

  @Override
  public Generation generate(GenerationRequest request, GenerationListener listener) {
    String text = answers.get(request.messages().get(0).content());
    Duration total = Duration.ofMillis(text == null ? 9 : text.length());
    GenerationResult result =
        new GenerationResult(
            text == null ? "" : text,
            List.of(),
            text == null ? FinishReason.LENGTH : FinishReason.END,
            1,
            Duration.ZERO,
            Duration.ZERO,
            total);
    return new Done(result);
  }

  @Override
  public int countTokens(GenerationRequest request) {
    return request.messages().size();
  }

  @Override
  public AnswerScore score(List<ChatMessage> messages, String answer) {
    return new AnswerScore(answer.length(), 0.5 * answer.length());
  }

  private record Done(GenerationResult answer) implements Generation {
    @Override
    public void cancel() {}

    @Override
    public CompletionStage<GenerationResult> result() {
      return CompletableFuture.completedFuture(answer);
    }

    @Override
    public GenerationResult await() {
      return answer;
    }
  }
}
