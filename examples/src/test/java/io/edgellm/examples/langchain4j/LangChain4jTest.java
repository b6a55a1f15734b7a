package io.edgellm.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.chat.TokenWindowChatMemory;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import io.edgellm.llm.LoadedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** LangChain4j itself over the sample MODEL. */
final class LangChain4jTest {
  private static final String DIM = "dim the bedroom lights to 30 percent";
  private static final String DIMMED =
      "{\"tool\":\"light.set\",\"args\":{\"room\":\"bedroom\",\"level\":30}}";
  private static final LoadedModel MODEL = SampleModel.load();

  private interface Assistant {
    String chat(String message);
  }

  private interface StreamingAssistant {
    TokenStream chat(String message);
  }

  @AfterAll
  static void close() {
    MODEL.close();
  }

  @Test
  void chats() {
    ChatResponse response = new EdgeLlmChatModel(MODEL).chat(UserMessage.from(DIM));
    assertThat(response.aiMessage().text()).isEqualTo(DIMMED);
    assertThat(response.finishReason()).isEqualTo(dev.langchain4j.model.output.FinishReason.STOP);
    assertThat(response.tokenUsage().inputTokenCount())
        .isEqualTo(MODEL.countTokens(List.of(io.edgellm.llm.ChatMessage.user(DIM))));
    assertThat(response.tokenUsage().outputTokenCount()).isBetween(10, 60);
  }

  @Test
  void streams() {
    CompletableFuture<ChatResponse> response = new CompletableFuture<>();
    List<String> parts = new ArrayList<>();
    AiServices.builder(StreamingAssistant.class)
        .streamingChatModel(new EdgeLlmStreamingChatModel(MODEL))
        .build()
        .chat(DIM)
        .onPartialResponse(parts::add)
        .onCompleteResponse(response::complete)
        .onError(response::completeExceptionally)
        .start();
    assertThat(response.join().aiMessage().text()).isEqualTo(DIMMED);
    assertThat(String.join("", parts)).isEqualTo(DIMMED);
    assertThat(parts).hasSizeGreaterThan(5);
  }

  @Test
  void remembersAConversationWithinItsTokens() {
    TokenCountEstimator estimator = new EdgeLlmTokenCountEstimator(MODEL);
    TokenWindowChatMemory memory = TokenWindowChatMemory.withMaxTokens(120, estimator);
    Assistant assistant =
        AiServices.builder(Assistant.class)
            .chatModel(new EdgeLlmChatModel(MODEL))
            .chatMemory(memory)
            .build();
    assertThat(assistant.chat(DIM)).isEqualTo(DIMMED);
    assertThat(assistant.chat("same in the kitchen"))
        .isEqualTo(DIMMED.replace("bedroom", "kitchen"));
    for (int i = 0; i < 6; i++) {
      assistant.chat("turn the kitchen light on");
      assertThat(estimator.estimateTokenCountInMessages(memory.messages())).isLessThan(125);
    }
    assertThat(memory.messages()).hasSizeBetween(2, 7);
  }

  @Test
  void answersTwoChatsAtOnce() {
    ChatModel chat = new EdgeLlmChatModel(MODEL);
    CompletableFuture<String> bedroom = CompletableFuture.supplyAsync(() -> chat.chat(DIM));
    CompletableFuture<String> kitchen =
        CompletableFuture.supplyAsync(() -> chat.chat(DIM.replace("bedroom", "kitchen")));
    assertThat(bedroom.join()).isEqualTo(DIMMED);
    assertThat(kitchen.join()).isEqualTo(DIMMED.replace("bedroom", "kitchen"));
  }

  @Test
  void countsTokensThatAddUp() {
    TokenCountEstimator estimator = new EdgeLlmTokenCountEstimator(MODEL);
    UserMessage one = UserMessage.from(DIM);
    UserMessage two = UserMessage.from("same in the kitchen");
    int together = estimator.estimateTokenCountInMessages(List.of(one, two));
    assertThat(
            estimator.estimateTokenCountInMessages(List.of(one))
                + estimator.estimateTokenCountInMessage(two))
        .isEqualTo(together);
    assertThat(estimator.estimateTokenCountInText(DIM))
        .isEqualTo(estimator.estimateTokenCountInMessage(one) - 2);
    assertThat(estimator.estimateTokenCountInText("")).isZero();
  }
}
