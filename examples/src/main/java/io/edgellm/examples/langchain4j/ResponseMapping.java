package io.edgellm.examples.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.ModelInfo;

/** Makes LangChain4j's responses of answers. */
final class ResponseMapping {
  private ResponseMapping() {}

  /**
   * Returns an answer as a response.
   *
   * @throws TimeoutException if its deadline has cut it off
   * @throws NonRetriableException if it has a form and was cut short: LangChain4j would read an
   *     object of it whose last texts the model had not finished
   */
  static ChatResponse response(
      GenerationRequest request, GenerationResult answer, ModelInfo model) {
    if (answer.finishReason() == io.edgellm.llm.FinishReason.DEADLINE) {
      throw new TimeoutException(
          "The request's timeout has passed after "
              + answer.completionTokens()
              + " tokens of the answer; raise it, or ask for fewer.");
    }
    if (request.constraint().isPresent() && wasCutShort(answer)) {
      throw new NonRetriableException(
          "The answer had to be cut short after "
              + answer.completionTokens()
              + " tokens; raise maxOutputTokens, or shorten the conversation.");
    }
    return ChatResponse.builder()
        .aiMessage(message(answer))
        .modelName(model.title())
        .tokenUsage(new TokenUsage(answer.promptTokens(), answer.completionTokens()))
        .finishReason(finishReason(answer.finishReason()))
        .build();
  }

  private static boolean wasCutShort(GenerationResult answer) {
    return finishReason(answer.finishReason()) == FinishReason.LENGTH;
  }

  private static AiMessage message(GenerationResult answer) {
    AiMessage.Builder message =
        AiMessage.builder()
            .toolExecutionRequests(
                answer.toolCalls().stream().map(MessageMapping::request).toList());
    // Where there are calls only, LangChain4j has no text and not an empty one.
    if (!answer.text().isEmpty() || answer.toolCalls().isEmpty()) {
      message.text(answer.text());
    }
    if (!answer.reasoning().isEmpty()) {
      message.thinking(answer.reasoning());
    }
    return message.build();
  }

  private static FinishReason finishReason(io.edgellm.llm.FinishReason reason) {
    return switch (reason) {
      case END, STOP -> FinishReason.STOP;
      case LENGTH, CONTEXT -> FinishReason.LENGTH;
      case TOOL_CALLS -> FinishReason.TOOL_EXECUTION;
      case CANCELLED, DEADLINE -> FinishReason.OTHER;
    };
  }
}
