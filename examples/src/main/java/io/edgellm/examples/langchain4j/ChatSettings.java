package io.edgellm.examples.langchain4j;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import io.edgellm.llm.GenerationRequest;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * What a host sets once for all requests of a chat model, immutable.
 *
 * @param defaults parameters that hold where a request sets none
 * @param listeners who hears of requests, responses and errors, as LangChain4j calls them
 * @param more what LangChain4j has no parameter for: timeout, priority, seed, thinking and so on.
 *     It sees each request after everything else was set, and has the last word
 */
public record ChatSettings(
    ChatRequestParameters defaults,
    List<ChatModelListener> listeners,
    UnaryOperator<GenerationRequest.Builder> more) {

  /** Copies the list. */
  public ChatSettings {
    Objects.requireNonNull(defaults);
    listeners = List.copyOf(listeners);
    Objects.requireNonNull(more);
  }

  /** Returns: greedy, {@value GenerationRequest#DEFAULT_MAX_TOKENS} tokens, nobody listens. */
  public static ChatSettings standard() {
    return new ChatSettings(
        DefaultChatRequestParameters.EMPTY, List.of(), UnaryOperator.identity());
  }

  /** Returns the same with other defaults. */
  public ChatSettings withDefaults(ChatRequestParameters parameters) {
    return new ChatSettings(parameters, listeners, more);
  }

  /** Returns the same with other listeners. */
  public ChatSettings withListeners(ChatModelListener... those) {
    return new ChatSettings(defaults, List.of(those), more);
  }

  /** Returns the same with something else set on each request. */
  public ChatSettings with(UnaryOperator<GenerationRequest.Builder> setting) {
    return new ChatSettings(defaults, listeners, setting);
  }
}
