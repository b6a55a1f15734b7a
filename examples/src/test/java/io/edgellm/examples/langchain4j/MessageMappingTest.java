package io.edgellm.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A conversation of LangChain4j is the same conversation for the engine. */
final class MessageMappingTest {
  @Test
  void keepsTextsThoughtsCallsAndResults() {
    ToolExecutionRequest request =
        ToolExecutionRequest.builder()
            .id("7")
            .name("light.set")
            .arguments("{\"level\":30}")
            .build();
    ToolCall call = new ToolCall("7", "light.set", "{\"level\":30}");
    assertThat(
            MessageMapping.messages(
                List.of(
                    SystemMessage.from("Be short."),
                    UserMessage.from(TextContent.from("dim"), TextContent.from("the light")),
                    AiMessage.builder()
                        .thinking("which one?")
                        .toolExecutionRequests(List.of(request))
                        .build(),
                    ToolExecutionResultMessage.from(request, "done"),
                    AiMessage.from("It is dim."))))
        .containsExactly(
            ChatMessage.system("Be short."),
            ChatMessage.user("dim\nthe light"),
            new ChatMessage(ChatMessage.Role.ASSISTANT, "", "which one?", List.of(call), null),
            ChatMessage.toolResult(call, "done"),
            ChatMessage.assistant("It is dim."));
  }

  @Test
  void takesCallsWithoutIdsAndArguments() {
    ToolExecutionRequest request = ToolExecutionRequest.builder().name("music.stop").build();
    ToolCall call = new ToolCall("music.stop", "music.stop", "{}");
    assertThat(
            MessageMapping.messages(
                List.of(
                    AiMessage.from(request), ToolExecutionResultMessage.from(request, "quiet"))))
        .containsExactly(
            new ChatMessage(ChatMessage.Role.ASSISTANT, "", "", List.of(call), null),
            ChatMessage.toolResult(call, "quiet"));
  }

  @TestFactory
  Stream<DynamicTest> refusesWhatChatTemplatesDoNotKnow() {
    return Stream.of(
            UserMessage.from(ImageContent.from("https://example.org/cat.png")),
            UserMessage.from("Ada", "hello"),
            CustomMessage.from(Map.of("a", 1)))
        .map(
            message ->
                DynamicTest.dynamicTest(
                    message.type().name(),
                    () ->
                        assertThatThrownBy(() -> MessageMapping.messages(List.of(message)))
                            .isInstanceOf(UnsupportedFeatureException.class)));
  }
}
