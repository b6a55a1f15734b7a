package io.edgellm.examples.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.ToolCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Makes the engine's messages of LangChain4j's. For one conversation and one thread. */
final class MessageMapping {
  /** By id, so that results find the calls that they answer. */
  private final Map<String, ToolCall> calls = new HashMap<>();

  private MessageMapping() {}

  /**
   * Returns a conversation, oldest first.
   *
   * @throws UnsupportedFeatureException if a message has more than text and tools
   * @throws IllegalArgumentException if the arguments of a call are no JSON object
   */
  static List<ChatMessage> messages(Iterable<dev.langchain4j.data.message.ChatMessage> messages) {
    MessageMapping mapping = new MessageMapping();
    List<ChatMessage> mapped = new ArrayList<>();
    messages.forEach(message -> mapped.add(mapping.message(message)));
    return mapped;
  }

  /** Returns a call as LangChain4j knows it. */
  static ToolExecutionRequest request(ToolCall call) {
    return ToolExecutionRequest.builder()
        .id(call.id())
        .name(call.name())
        .arguments(call.arguments())
        .build();
  }

  private ChatMessage message(dev.langchain4j.data.message.ChatMessage message) {
    if (message instanceof SystemMessage system) {
      return ChatMessage.system(system.text());
    } else if (message instanceof UserMessage user) {
      return user(user);
    } else if (message instanceof AiMessage answer) {
      return answer(answer);
    } else if (message instanceof ToolExecutionResultMessage result) {
      return result(result);
    }
    throw new UnsupportedFeatureException("A chat has no messages of the type " + message.type());
  }

  private static ChatMessage user(UserMessage message) {
    if (message.name() != null) {
      throw new UnsupportedFeatureException(
          "Chat templates know no names of users; write the name into the text.");
    }
    return ChatMessage.user(text(message.contents()));
  }

  private ChatMessage answer(AiMessage message) {
    if (!message.images().isEmpty()) {
      throw new UnsupportedFeatureException("The model reads text only, no images.");
    }
    List<ToolCall> called = message.toolExecutionRequests().stream().map(this::call).toList();
    return new ChatMessage(
        ChatMessage.Role.ASSISTANT,
        Objects.requireNonNullElse(message.text(), ""),
        Objects.requireNonNullElse(message.thinking(), ""),
        called,
        null);
  }

  private ToolCall call(ToolExecutionRequest request) {
    String arguments = request.arguments();
    ToolCall call =
        new ToolCall(
            Objects.requireNonNullElse(request.id(), request.name()),
            request.name(),
            arguments == null || arguments.isBlank() ? "{}" : arguments);
    calls.put(call.id(), call);
    return call;
  }

  private ChatMessage result(ToolExecutionResultMessage message) {
    String id = Objects.requireNonNullElse(message.id(), message.toolName());
    ToolCall call = calls.get(id);
    return ChatMessage.toolResult(
        call == null ? new ToolCall(id, message.toolName(), "{}") : call, text(message.contents()));
  }

  private static String text(List<Content> contents) {
    return contents.stream().map(MessageMapping::text).collect(Collectors.joining("\n"));
  }

  private static String text(Content content) {
    if (content instanceof TextContent text) {
      return text.text();
    }
    throw new UnsupportedFeatureException("The model reads text only, and no " + content.type());
  }
}
