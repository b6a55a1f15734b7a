package io.edgellm.examples.langchain4j;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.TokenCountEstimator;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LanguageModel;
import java.util.List;

/**
 * Counts tokens with the model's own tokenizer and chat template, for LangChain4j's chat memories
 * and document splitters. Thread-safe.
 *
 * <p>A conversation is counted exactly as the model would see it, without tools. One message alone
 * is counted with the tags around it, so that counts of messages add up; a template may write it a
 * few tokens longer or shorter in its place.
 */
public final class EdgeLlmTokenCountEstimator implements TokenCountEstimator {
  private final LanguageModel model;

  /** Counts as this model does. */
  public EdgeLlmTokenCountEstimator(LanguageModel model) {
    this.model = model;
  }

  @Override
  public int estimateTokenCountInText(String text) {
    return tokens(text) - tokens("");
  }

  @Override
  public int estimateTokenCountInMessage(ChatMessage message) {
    return estimate(MessageMapping.messages(List.of(message)).get(0));
  }

  @Override
  public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
    List<io.edgellm.llm.ChatMessage> conversation = MessageMapping.messages(messages);
    if (conversation.isEmpty()) {
      return 0;
    }
    try {
      return model.countTokens(conversation);
    } catch (InferenceException e) {
      if (e.reason() != InferenceException.Reason.TEMPLATE) {
        throw FailureMapping.exception(e);
      }
      // A part of a conversation that the template would not take for a whole one.
      return conversation.stream().mapToInt(this::estimate).sum();
    }
  }

  private int estimate(io.edgellm.llm.ChatMessage message) {
    StringBuilder text = new StringBuilder(message.content()).append(message.reasoning());
    message.toolCalls().forEach(call -> text.append(call.name()).append(call.arguments()));
    return estimateTokenCountInText(text.toString()) + tags();
  }

  /** Two turns more, of which no template can complain, hold the tags of two. */
  private int tags() {
    int one = model.countTokens(List.of(user("")));
    int three =
        model.countTokens(List.of(user(""), io.edgellm.llm.ChatMessage.assistant(""), user("")));
    return (three - one) / 2;
  }

  private int tokens(String text) {
    return model.countTokens(List.of(user(text)));
  }

  private static io.edgellm.llm.ChatMessage user(String text) {
    return io.edgellm.llm.ChatMessage.user(text);
  }
}
