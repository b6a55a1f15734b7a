package io.edgellm.examples.langchain4j;

import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.LanguageModel;
import java.util.List;
import java.util.Set;

/**
 * LangChain4j's chat over a model on this device, told while the answer comes. Thread-safe.
 *
 * <p>Returns at once. The handler is called by one thread at a time; while it does not return, its
 * own answer pauses and no other. It must not wait for another answer of the same model: {@link
 * EdgeLlmChatModel} refuses that with an {@link IllegalStateException}.
 *
 * <p>As LangChain4j's own models, it tells an exception of the handler to {@code onError} and goes
 * on, and says nothing more once the handler has cancelled.
 */
public final class EdgeLlmStreamingChatModel implements StreamingChatModel {
  private final LanguageModel model;
  private final ChatSettings settings;
  private final RequestMapping requests;

  /** Chats with the standard settings. */
  public EdgeLlmStreamingChatModel(LanguageModel model) {
    this(model, ChatSettings.standard());
  }

  /**
   * @param model who answers
   * @param settings for all requests
   */
  public EdgeLlmStreamingChatModel(LanguageModel model, ChatSettings settings) {
    this.model = model;
    this.settings = settings;
    this.requests = new RequestMapping(model, settings);
  }

  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    GenerationRequest generation;
    try {
      generation = requests.request(request);
    } catch (LangChain4jException e) {
      handler.onError(e);
      return;
    }
    StreamedAnswer answer = new StreamedAnswer(generation, handler, model.info());
    answer.begin(model.generate(generation, answer));
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return settings.defaults();
  }

  @Override
  public List<ChatModelListener> listeners() {
    return settings.listeners();
  }

  @Override
  public Set<Capability> supportedCapabilities() {
    return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
  }
}
