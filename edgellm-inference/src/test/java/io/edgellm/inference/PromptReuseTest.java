package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.Sampling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was computed for one request and saves another one time, without changing its answer. */
class PromptReuseTest extends SampleModelTests {
  private static final String SYSTEM =
      "You are the assistant of a house with many rooms. ".repeat(8);

  private static GenerationRequest.Builder asked(String system, String question) {
    return GenerationRequest.builder()
        .system(system)
        .user(question)
        .maxTokens(12)
        .sampling(Sampling.of(3, 5));
  }

  private GenerationResult answer(GenerationRequest.Builder request) throws InterruptedException {
    return model.generate(request.build());
  }

  private void assertSameAnswerAnew(GenerationRequest.Builder request, GenerationResult result)
      throws InterruptedException {
    GenerationResult anew = answer(request.readAnew());
    assertThat(anew.cachedPromptTokens()).isZero();
    assertThat(result.tokenIds()).isEqualTo(anew.tokenIds());
  }

  @Test
  void readsOnlyTheLastTokenOfAPromptThatJustRan() throws Exception {
    GenerationResult first = answer(asked(SYSTEM, "dim the lights"));
    GenerationResult second = answer(asked(SYSTEM, "dim the lights"));
    assertThat(first.cachedPromptTokens()).isZero();
    assertThat(second.cachedPromptTokens()).isEqualTo(second.promptTokens() - 1);
    assertThat(second.tokenIds()).isEqualTo(first.tokenIds());
  }

  @Test
  void goesOnInTheSlotThatHasTheConversation() throws Exception {
    GenerationRequest.Builder first = asked(SYSTEM, "dim the lights");
    String said = answer(first).text();
    GenerationRequest.Builder next =
        first.message(ChatMessage.assistant(said)).user("and now the door");
    GenerationResult result = answer(next);
    assertThat(result.cachedPromptTokens()).isGreaterThan(result.promptTokens() / 2);
    assertSameAnswerAnew(next, result);
  }

  @Test
  void copiesWhatASlotHasThatIsBusy() throws Exception {
    reload(OnnxOptions.builder().concurrency(2).prefixBytes(0));
    Gate gate = new Gate();
    Generation busy =
        model.generate(
            asked(SYSTEM, "dim the lights").sampling(NOISE).maxTokens(300).build(), gate);
    gate.reached();
    model.generate(asked("x", "y").maxTokens(1).build());
    GenerationRequest.Builder other = asked(SYSTEM, "open the door");
    GenerationResult result = answer(other);
    assertThat(result.cachedPromptTokens()).isGreaterThan(result.promptTokens() / 2);
    gate.open();
    busy.await();
    assertSameAnswerAnew(other, result);
  }

  @Test
  void keepsASystemPromptInMemoryThatIsMarked() throws Exception {
    GenerationRequest.Builder marked = asked(SYSTEM, "dim the lights").keepSystemPrompt();
    answer(marked);
    answer(asked("Something else entirely. ".repeat(9), "open the door"));
    GenerationRequest.Builder again = asked(SYSTEM, "what time is it");
    GenerationResult result = answer(again);
    assertThat(result.cachedPromptTokens()).isGreaterThan(result.promptTokens() / 2);
    assertSameAnswerAnew(again, result);
  }

  @Test
  void noticesThatTwoPromptsBeganAlike() throws Exception {
    reload(OnnxOptions.builder().concurrency(1));
    answer(asked(SYSTEM, "dim the lights"));
    answer(asked(SYSTEM, "open the door"));
    answer(asked("Something else entirely. ".repeat(9), "open the door"));
    GenerationResult result = answer(asked(SYSTEM, "what time is it"));
    assertThat(result.cachedPromptTokens()).isGreaterThan(result.promptTokens() / 2);
  }

  @Test
  void findsOnDiskWhatAnEarlierProcessKept(@TempDir Path folder) throws Exception {
    OnnxOptions.Builder options =
        OnnxOptions.builder().prefixDirectory(folder.resolve("prefixes"), 64 << 20);
    reload(options);
    answer(asked(SYSTEM, "dim the lights").keepSystemPrompt());
    int cached = 0;
    for (int attempt = 0; attempt < 200 && cached == 0; attempt++) {
      // The file is written behind the answer; a fresh loader looks what is there.
      reload(options);
      cached = answer(asked(SYSTEM, "open the door")).cachedPromptTokens();
    }
    assertThat(cached).isPositive();
  }

  @Test
  void answersAlikeWhateverAnswersCameBefore() throws Exception {
    reload(OnnxOptions.builder().concurrency(3).prefillChunk(16));
    try (LoadedModel anew = load(OnnxOptions.builder().prefixBytes(0))) {
      List<GoldenChat> chats = GoldenChat.all();
      List<Generation> generations = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        for (GoldenChat chat : chats) {
          generations.add(
              model.generate(
                  GenerationRequest.builder().messages(chat.messages()).maxTokens(96).build(),
                  GenerationListener.silent()));
          if (generations.size() == 10) {
            generations.remove(0).await();
          }
        }
      }
      for (GoldenChat chat : chats) {
        GenerationRequest request =
            GenerationRequest.builder().messages(chat.messages()).maxTokens(96).build();
        assertThat(model.generate(request).tokenIds())
            .isEqualTo(chat.outputIds())
            .isEqualTo(anew.generate(request).tokenIds());
      }
    }
  }
}
