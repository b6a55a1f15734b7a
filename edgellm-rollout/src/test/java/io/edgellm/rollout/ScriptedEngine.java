package io.edgellm.rollout;

import io.edgellm.llm.AnswerScorer;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.GoldenPrompt;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.ModelInfo;
import io.edgellm.llm.ModelLoader;
import io.edgellm.trust.LoadableModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An engine whose models are written down: a file of the release says how well they answer, how
 * fast, and what breaks. It sees only what is in the verified directory.
 */
final class ScriptedEngine implements ModelLoader {
  static final String SCRIPT = "script.txt";

  /** Titles of the models in memory, in the order in which they were loaded. */
  final List<String> inMemory = new ArrayList<>();

  /** The model that does not fit into the memory any more, by its title. */
  String tooLarge = "";

  /** The model that throws what no engine should throw at every request, by its title. */
  String broken = "";

  /** How long a request waits before a model begins with it. */
  long queueMillis;

  /** What a model does: {@code good}, or with other words for what is wrong with it. */
  static String script(String... words) {
    return String.join(" ", words);
  }

  @Override
  public LoadedModel load(LoadableModel source) {
    String script = read(source.directory().resolve(SCRIPT));
    if (script.contains("no-load")) {
      throw new InferenceException(
          InferenceException.Reason.MODEL_INVALID, "The graph is truncated.", source.title());
    }
    if (script.contains("kills")) {
      throw new Killed();
    }
    if (source.title().equals(tooLarge)) {
      throw new OutOfMemoryError("Cannot reserve 5368709120 bytes of direct buffer memory");
    }
    inMemory.add(source.title());
    return new Scripted(
        source, script, GoldenPrompt.read(source.directory().resolve("golden.jsonl")));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stands for the end of the process: nobody above catches it. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final class Scripted implements LoadedModel, AnswerScorer {
    private final LoadableModel source;
    private final String script;
    private final List<GoldenPrompt> known;

    Scripted(LoadableModel source, String script, List<GoldenPrompt> known) {
      this.source = source;
      this.script = script;
      this.known = known;
    }

    @Override
    public LoadableModel source() {
      return source;
    }

    @Override
    public ModelInfo info() {
      return new ModelInfo(source.title(), 512, 1);
    }

    @Override
    public Generation generate(GenerationRequest request, GenerationListener listener) {
      String prompt = request.messages().get(0).content();
      if (source.title().equals(broken)) {
        throw new IllegalStateException("the graph lost its inputs");
      }
      long begin = queueMillis * 1_000_000;
      listener.onEvent(new GenerationEvent.Started(begin, 0, 1));
      if (script.contains("fails-on-users") && !isGolden(prompt)) {
        InferenceException failure =
            new InferenceException(InferenceException.Reason.RUNTIME, "out of memory", null);
        listener.onEvent(new GenerationEvent.Failed(begin + 1, failure));
        return new Ended(null, failure);
      }
      long millis = queueMillis + (script.contains("slow") ? 80 : 20);
      String answer = script.contains("wrong") ? "?" : answer(prompt);
      listener.onEvent(new GenerationEvent.Token(millis * 1_000_000, 7, answer));
      GenerationResult result =
          new GenerationResult(
              answer,
              List.of(7),
              FinishReason.END,
              1,
              Duration.ofMillis(queueMillis),
              Duration.ofMillis(millis),
              Duration.ofMillis(millis));
      listener.onEvent(new GenerationEvent.Finished(millis * 1_000_000, "", result));
      return new Ended(result, null);
    }

    private boolean isGolden(String prompt) {
      return known.stream().anyMatch(golden -> golden.prompt().equals(prompt));
    }

    private String answer(String prompt) {
      return known.stream()
          .filter(golden -> golden.prompt().equals(prompt))
          .map(GoldenPrompt::expected)
          .findFirst()
          .orElse("?");
    }

    @Override
    public int countTokens(GenerationRequest request) {
      return request.messages().size();
    }

    @Override
    public AnswerScore score(List<ChatMessage> messages, String answer) {
      return new AnswerScore(10, script.contains("wrong") ? 2.4 : 0.2);
    }

    @Override
    public void close() {
      inMemory.remove(source.title());
    }
  }

  private record Ended(@Nullable GenerationResult value, @Nullable InferenceException failure)
      implements Generation {
    @Override
    public void cancel() {}

    @Override
    public CompletionStage<GenerationResult> result() {
      return value == null
          ? CompletableFuture.failedStage(failure)
          : CompletableFuture.completedStage(value);
    }

    @Override
    public GenerationResult await() {
      if (value == null) {
        throw failure == null ? new IllegalStateException() : failure;
      }
      return value;
    }
  }
}
