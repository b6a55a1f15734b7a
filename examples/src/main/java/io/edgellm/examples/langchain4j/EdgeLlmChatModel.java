package io.edgellm.examples.langchain4j;

import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LanguageModel;
import java.util.List;
import java.util.Set;

/**
 * LangChain4j's chat over a model on this device. Thread-safe.
 *
 * <p>Answers under a JSON schema are always valid by it, and calls of tools by the tools' schemas:
 * the model can write nothing else. What cannot be passed on (images, a name of another model, …)
 * is refused, never ignored.
 *
 * <p>Throws LangChain4j's exceptions; their cause is the {@link InferenceException}. The host owns
 * the model and closes it.
 */
public final class EdgeLlmChatModel implements ChatModel {
  private final LanguageModel model;
  private final ChatSettings settings;
  private final RequestMapping requests;

  /** Chats with the standard settings. */
  public EdgeLlmChatModel(LanguageModel model) {
    this(model, ChatSettings.standard());
  }

  /**
   * @param model who answers
   * @param settings for all requests
   */
  public EdgeLlmChatModel(LanguageModel model, ChatSettings settings) {
    this.model = model;
    this.settings = settings;
    this.requests = new RequestMapping(model, settings);
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    try {
      GenerationRequest asked = requests.request(request);
      return ResponseMapping.response(asked, model.generate(asked), model.info());
    } catch (InferenceException e) {
      throw FailureMapping.exception(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NonRetriableException("The thread was interrupted; the answer is cancelled.", e);
    }
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
