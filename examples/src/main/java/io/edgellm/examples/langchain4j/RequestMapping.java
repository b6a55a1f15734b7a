package io.edgellm.examples.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.JsonSchema;
import io.edgellm.llm.LanguageModel;
import io.edgellm.llm.Sampling;
import io.edgellm.llm.ToolChoice;
import io.edgellm.llm.ToolDefinition;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the engine's requests of LangChain4j's. */
final class RequestMapping {
  private final LanguageModel model;
  private final ChatSettings settings;

  RequestMapping(LanguageModel model, ChatSettings settings) {
    this.model = model;
    this.settings = settings;
  }

  /**
   * Returns a request.
   *
   * @throws LangChain4jException if it asks for something that there is not
   */
  GenerationRequest request(ChatRequest chat) {
    requireThisModel(chat.modelName());
    try {
      GenerationRequest.Builder request = GenerationRequest.builder();
      request.messages(MessageMapping.messages(chat.messages()));
      limit(chat, request);
      sample(chat, request);
      offerTools(chat, request);
      constrain(chat.responseFormat(), request);
      return settings.more().apply(request).build();
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    }
  }

  private void requireThisModel(@Nullable String name) {
    if (name != null && !name.equals(model.info().title())) {
      throw new ModelNotFoundException(
          "There is the model '" + model.info().title() + "' only, and not '" + name + "'.");
    }
  }

  private static void limit(ChatRequest chat, GenerationRequest.Builder request) {
    if (chat.maxOutputTokens() != null) {
      request.maxTokens(chat.maxOutputTokens());
    }
    if (chat.stopSequences() != null) {
      chat.stopSequences().forEach(request::stop);
    }
  }

  /** Without a temperature, what chooses among tokens draws at 1, and all else is greedy. */
  private static void sample(ChatRequest chat, GenerationRequest.Builder request) {
    if (Stream.of(
            chat.temperature(),
            chat.topK(),
            chat.topP(),
            chat.frequencyPenalty(),
            chat.presencePenalty())
        .allMatch(Objects::isNull)) {
      return;
    }
    Sampling.Builder sampling = Sampling.builder();
    if (chat.temperature() != null) {
      sampling.temperature(chat.temperature().floatValue());
    } else if (chat.topK() == null && chat.topP() == null) {
      sampling.temperature(0);
    }
    if (chat.topK() != null) {
      sampling.topK(chat.topK());
    }
    if (chat.topP() != null) {
      sampling.topP(chat.topP().floatValue());
    }
    if (chat.frequencyPenalty() != null) {
      sampling.frequencyPenalty(chat.frequencyPenalty().floatValue());
    }
    if (chat.presencePenalty() != null) {
      sampling.presencePenalty(chat.presencePenalty().floatValue());
    }
    request.sampling(sampling.build());
  }

  private static void offerTools(ChatRequest chat, GenerationRequest.Builder request) {
    if (chat.toolSpecifications() != null) {
      chat.toolSpecifications().forEach(tool -> request.tool(definition(tool)));
    }
    if (chat.toolChoice() != null) {
      request.toolChoice(
          switch (chat.toolChoice()) {
            case AUTO -> ToolChoice.auto();
            case REQUIRED -> ToolChoice.required();
            case NONE -> ToolChoice.none();
          });
    }
  }

  private static ToolDefinition definition(ToolSpecification tool) {
    String parameters =
        tool.parameters() == null
            ? "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}"
            : SchemaMapping.schema(tool.parameters());
    return new ToolDefinition(
        tool.name(),
        Objects.requireNonNullElse(tool.description(), ""),
        new JsonSchema(parameters));
  }

  private static void constrain(
      @Nullable ResponseFormat format, GenerationRequest.Builder request) {
    if (format == null || format.type() == ResponseFormatType.TEXT) {
      return;
    }
    request.constraint(
        format.jsonSchema() == null
            ? Constraint.json()
            : Constraint.schema(
                new JsonSchema(SchemaMapping.schema(format.jsonSchema().rootElement()))));
  }
}
