package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.Constraint.Whitespace;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.JsonSchema;
import io.edgellm.llm.Sampling;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolChoice;
import io.edgellm.llm.ToolDefinition;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Constraints and tools through the whole engine, with the sample model. */
class StructuredOutputTest extends SampleModelTests {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String COMMAND = "dim the bedroom lights to 30 percent";

  private static final JsonSchema PERSON =
      new JsonSchema(
          """
          {"type":"object",
           "properties":{
             "name":{"type":"string","minLength":1,"maxLength":12},
             "age":{"type":"integer","minimum":0,"maximum":150},
             "tags":{"type":"array","items":{"enum":["a","b","c"]},"maxItems":3}},
           "required":["name","age"],
           "additionalProperties":false}
          """);

  private static GenerationRequest.Builder ask(String words) {
    return GenerationRequest.builder().user(words).maxTokens(96);
  }

  private static Sampling hot(long seed) {
    return Sampling.builder().temperature(1.5f).seed(seed).build();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void answersASchemaAtAnyTemperature(long seed) throws Exception {
    GenerationResult answer =
        model.generate(
            ask("hello")
                .constraint(new Constraint.Schema(PERSON, Whitespace.NONE))
                .sampling(hot(seed))
                .build());

    JsonNode person = JSON.readTree(answer.text());
    assertThat(person.path("name").asText()).as(answer.text()).isNotEmpty().hasSizeLessThan(25);
    assertThat(person.path("age").asInt(-1)).isBetween(0, 150);
    assertThat(answer.finishReason()).isIn(FinishReason.END, FinishReason.LENGTH);
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 30, 40, 60})
  void endsWithinItsBoundAndParses(int maxTokens) throws Exception {
    String schema =
        "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"},"
            + "\"more\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
            + "\"required\":[\"text\",\"more\"]}";
    for (long seed = 0; seed < 5; seed++) {
      GenerationResult answer =
          model.generate(
              ask("tell me all")
                  .constraint(Constraint.schema(new JsonSchema(schema)))
                  .sampling(hot(seed))
                  .maxTokens(maxTokens)
                  .build());

      assertThat(answer.completionTokens()).isLessThanOrEqualTo(maxTokens);
      assertThat(JSON.readTree(answer.text()).path("text").isTextual()).as(answer.text()).isTrue();
    }
  }

  @Test
  void refusesABoundThatNoAnswerHasRoomFor() {
    assertFails(
        Reason.INVALID_CONSTRAINT,
        () -> model.generate(ask("x").constraint(Constraint.schema(PERSON)).maxTokens(3).build()));
  }

  @Test
  void refusesWhatCannotBeEnforced() {
    assertFails(
        Reason.INVALID_CONSTRAINT,
        () ->
            model.generate(
                ask("x")
                    .constraint(
                        Constraint.schema(
                            new JsonSchema("{\"$ref\":\"https://example.org/person.json\"}")))
                    .build()));
    assertFails(
        Reason.INVALID_CONSTRAINT,
        () -> model.generate(ask("x").constraint(Constraint.regex("(a")).build()));
  }

  @Test
  void matchesAPatternAndAChoice() throws Exception {
    GenerationResult time =
        model.generate(
            ask("wake me at seven")
                .constraint(Constraint.regex("([01][0-9]|2[0-3]):[0-5][0-9]"))
                .build());
    GenerationResult choice =
        model.generate(ask(COMMAND).constraint(Constraint.choice("yes", "no", "perhaps")).build());

    assertThat(time.text()).matches("([01][0-9]|2[0-3]):[0-5][0-9]");
    assertThat(choice.text()).isIn("yes", "no", "perhaps");
    assertThat(choice.finishReason()).isEqualTo(FinishReason.END);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void writesAnyJson(long seed) throws Exception {
    GenerationResult answer =
        model.generate(ask("hi").constraint(Constraint.json()).sampling(hot(seed)).build());

    assertThat(JSON.readTree(answer.text()).isContainerNode()).as(answer.text()).isTrue();
  }

  @Test
  void givesTheSameAnswerWhereTheModelMeetsTheConstraintAnyway() throws Exception {
    GenerationResult free = model.generate(ask(COMMAND).build());
    GenerationResult held =
        model.generate(ask(COMMAND).constraint(new Constraint.AnyJson(Whitespace.NONE)).build());

    assertThat(held.text()).isEqualTo(free.text());
    assertThat(held.finishReason()).isEqualTo(FinishReason.END);
  }

  @Test
  void hasALikelihoodForEachTokenAlsoOfThoseThatHaveToCome() throws Exception {
    GenerationRequest.Builder request =
        ask("hi").constraint(new Constraint.Schema(PERSON, Whitespace.NONE)).maxTokens(60);
    GenerationResult answer = model.generate(request.logprobs(2).build());

    assertThat(answer.logprobs()).hasSize(answer.completionTokens());
    assertThat(answer.logprobs()).allSatisfy(each -> assertThat(each.logprob()).isNegative());
  }

  @Test
  void answersTheSameWithAndWithoutGuesses() throws Exception {
    List<String> answers = new ArrayList<>();
    for (Speculation speculation : Speculation.values()) {
      reload(OnnxOptions.builder().speculation(speculation));
      StringBuilder all = new StringBuilder();
      for (long seed = 0; seed < 6; seed++) {
        all.append(
            model
                .generate(
                    ask("red red red red and red and red, light red")
                        .constraint(Constraint.json())
                        .sampling(hot(seed))
                        .readAnew()
                        .build())
                .text());
      }
      answers.add(all.toString());
    }

    assertThat(answers.get(1)).isEqualTo(answers.get(0));
    assertThat(answers.get(2)).isEqualTo(answers.get(0));
  }

  @Test
  void tellsCallsAsEventsAndKeepsThemOutOfTheText() throws Exception {
    Recorder heard = new Recorder();
    GenerationResult answer =
        model.generate(ask(COMMAND).tools(HouseTools.all()).build(), heard).await();

    assertThat(answer.toolCalls())
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.name()).isEqualTo("light.set");
              assertThat(call.arguments()).isEqualTo("{\"room\":\"bedroom\",\"level\":30}");
            });
    assertThat(answer.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(answer.text()).isEmpty();
    assertThat(heard.text()).isEmpty();
    assertThat(heard.events())
        .filteredOn(event -> !(event instanceof GenerationEvent.Token))
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Started", "ToolCallStarted", "ToolCalled", "Finished");
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 10, 14, 18})
  void takesACallThatWasCutForNone(int maxTokens) throws Exception {
    Recorder heard = new Recorder();
    GenerationResult answer =
        model
            .generate(
                ask("delete the file reports/budget_2024.pdf")
                    .tools(HouseTools.all())
                    .maxTokens(maxTokens)
                    .build(),
                heard)
            .await();

    assertThat(answer.toolCalls()).isEmpty();
    assertThat(answer.malformedToolCalls()).hasSize(1);
    assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(heard.events()).noneMatch(event -> event instanceof GenerationEvent.ToolCalled);
  }

  @Test
  void answersWithManyOptionalProperties() throws Exception {
    StringBuilder properties = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      properties.append(i == 0 ? "" : ",").append("\"p" + i + "\":{\"type\":\"string\"}");
    }
    JsonSchema schema =
        new JsonSchema(
            "{\"type\":\"object\",\"properties\":{"
                + properties
                + "},\"additionalProperties\":false}");
    for (long seed = 0; seed < 4; seed++) {
      String text =
          model
              .generate(ask("x").constraint(Constraint.schema(schema)).sampling(hot(seed)).build())
              .text();
      assertThat(JSON.readTree(text).isObject()).as(text).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void answersTheSameWhetherLikelihoodsAreWantedOrNot(long seed) throws Exception {
    GenerationRequest.Builder request =
        ask("dim the lights").constraint(Constraint.schema(PERSON)).sampling(hot(seed)).readAnew();
    GenerationResult without = model.generate(request.build());
    GenerationResult with = model.generate(request.logprobs(1).build());

    assertThat(with.tokenIds()).isEqualTo(without.tokenIds());
    assertThat(with.logprobs()).hasSize(with.completionTokens());
  }

  @Test
  void answersWithTextWhereTheModelWantsNoTool() throws Exception {
    GenerationResult answer = model.generate(ask("thank you").tools(HouseTools.all()).build());

    assertThat(answer.text()).isEqualTo("You are welcome.");
    assertThat(answer.toolCalls()).isEmpty();
    assertThat(answer.finishReason()).isEqualTo(FinishReason.END);
  }

  @Test
  void callsTheToolThatTheHostNames() throws Exception {
    GenerationResult answer =
        model.generate(
            ask(COMMAND).tools(HouseTools.all()).toolChoice(ToolChoice.tool("volume.set")).build());
    GenerationResult required =
        model.generate(
            ask("thank you").tools(HouseTools.all()).toolChoice(ToolChoice.required()).build());

    assertThat(answer.toolCalls()).extracting(ToolCall::name).containsExactly("volume.set");
    assertThat(required.toolCalls()).hasSize(1);
  }

  @Test
  void answersProbesAsWellWithToolsAsWithout() throws Exception {
    List<ToolDefinition> tools = HouseTools.all();
    int with = 0;
    int without = 0;
    for (String line : Files.readAllLines(GoldenChat.SAMPLE.resolve("probes.jsonl"))) {
      JsonNode probe = JSON.readTree(line);
      String expected = probe.path("expected").asText();
      String prompt = probe.path("prompt").asText();
      without += model.generate(ask(prompt).build()).text().equals(expected) ? 1 : 0;
      with += written(model.generate(ask(prompt).tools(tools).build())).equals(expected) ? 1 : 0;
    }

    assertThat(with).isGreaterThanOrEqualTo(without);
  }

  private static String written(GenerationResult answer) {
    return answer.toolCalls().isEmpty()
        ? answer.text()
        : "{\"tool\":\""
            + answer.toolCalls().get(0).name()
            + "\",\"args\":"
            + answer.toolCalls().get(0).arguments()
            + "}";
  }
}
