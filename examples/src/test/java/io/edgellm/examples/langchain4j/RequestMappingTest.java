package io.edgellm.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.Priority;
import io.edgellm.llm.Sampling;
import io.edgellm.llm.ToolChoice;
import io.edgellm.llm.ToolDefinition;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What LangChain4j asks for is what the engine is asked for. */
final class RequestMappingTest {
  private static final ToolSpecification LIGHT =
      ToolSpecification.builder()
          .name("light.set")
          .description("Sets a light.")
          .parameters(JsonObjectSchema.builder().addStringProperty("room").required("room").build())
          .build();

  @Test
  void asksGreedilyAndShortlyWhereNothingIsSet() {
    GenerationRequest request = map(chat -> {});
    assertThat(request).usingRecursiveComparison().isEqualTo(GenerationRequest.of("dim the light"));
  }

  @Test
  void passesOnHowTokensAreChosen() {
    GenerationRequest request =
        map(
            chat ->
                chat.temperature(0.5)
                    .topK(40)
                    .topP(0.5)
                    .frequencyPenalty(0.25)
                    .presencePenalty(-0.5));
    assertThat(request.sampling())
        .isEqualTo(
            Sampling.builder()
                .temperature(0.5f)
                .topK(40)
                .topP(0.5f)
                .frequencyPenalty(0.25f)
                .presencePenalty(-0.5f)
                .build());
  }

  @Test
  void drawsAtTemperatureOneWhereOnlyTheChoiceIsNarrowed() {
    assertThat(map(chat -> chat.topP(0.5)).sampling().temperature()).isEqualTo(1);
    assertThat(map(chat -> chat.presencePenalty(0.5)).sampling().isGreedy()).isTrue();
  }

  @Test
  void passesOnLimitsAndStops() {
    GenerationRequest request =
        map(chat -> chat.maxOutputTokens(7).stopSequences(List.of("END", "\n")));
    assertThat(request.maxTokens()).isEqualTo(7);
    assertThat(request.stopStrings()).containsExactly("END", "\n");
  }

  @Test
  void offersTools() {
    GenerationRequest request =
        map(
            chat ->
                chat.toolSpecifications(LIGHT)
                    .toolChoice(dev.langchain4j.model.chat.request.ToolChoice.REQUIRED));
    assertThat(request.tools())
        .containsExactly(
            new ToolDefinition(
                "light.set",
                "Sets a light.",
                new io.edgellm.llm.JsonSchema(
                    """
                    {"type":"object","properties":{"room":{"type":"string"}},"required":["room"],\
                    "additionalProperties":false}""")));
    assertThat(request.toolChoice()).isEqualTo(ToolChoice.required());
  }

  @Test
  void offersAToolWithoutArguments() {
    ToolSpecification stop = ToolSpecification.builder().name("music.stop").build();
    assertThat(map(chat -> chat.toolSpecifications(stop)).tools())
        .singleElement()
        .satisfies(tool -> assertThat(tool.parameters().json()).contains("\"properties\":{}"));
  }

  @Test
  void constrainsAnswersInJson() {
    assertThat(map(chat -> chat.responseFormat(ResponseFormat.TEXT)).constraint()).isEmpty();
    assertThat(map(chat -> chat.responseFormat(ResponseFormat.JSON)).constraint())
        .contains(Constraint.json());
    ResponseFormat schema =
        ResponseFormat.builder()
            .type(ResponseFormatType.JSON)
            .jsonSchema(JsonSchema.builder().name("x").rootElement(LIGHT.parameters()).build())
            .build();
    assertThat(map(chat -> chat.responseFormat(schema)).constraint())
        .contains(
            Constraint.schema(
                new io.edgellm.llm.JsonSchema(SchemaMapping.schema(LIGHT.parameters()))));
  }

  @Test
  void leavesTheLastWordToTheHost() {
    RequestMapping mapping =
        new RequestMapping(
            new ScriptedModel(),
            ChatSettings.standard()
                .with(
                    request ->
                        request
                            .timeout(Duration.ofSeconds(3))
                            .priority(Priority.LOW)
                            .sampling(Sampling.of(0.5f, 42))));
    GenerationRequest request =
        mapping.request(
            ChatRequest.builder().messages(UserMessage.from("x")).temperature(0.0).build());
    assertThat(request.timeout()).contains(Duration.ofSeconds(3));
    assertThat(request.priority()).isEqualTo(Priority.LOW);
    assertThat(request.sampling()).isEqualTo(Sampling.of(0.5f, 42));
  }

  @Test
  void refusesWhatHasNoMeaning() {
    assertThatThrownBy(() -> map(chat -> chat.temperature(-1.0)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("temperature");
    assertThatThrownBy(() -> map(chat -> chat.maxOutputTokens(0)))
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(
            () ->
                map(
                    chat ->
                        chat.toolSpecifications(LIGHT)
                            .toolChoice(dev.langchain4j.model.chat.request.ToolChoice.REQUIRED)
                            .responseFormat(ResponseFormat.JSON)))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void refusesTheNameOfAnotherModel() {
    assertThat(map(chat -> chat.modelName("scripted"))).isNotNull();
    assertThatThrownBy(() -> map(chat -> chat.modelName("gpt")))
        .isInstanceOf(ModelNotFoundException.class)
        .hasMessageContaining("scripted");
  }

  private static GenerationRequest map(Consumer<ChatRequest.Builder> parameters) {
    ChatRequest.Builder chat = ChatRequest.builder().messages(UserMessage.from("dim the light"));
    parameters.accept(chat);
    return new RequestMapping(new ScriptedModel(), ChatSettings.standard()).request(chat.build());
  }
}
