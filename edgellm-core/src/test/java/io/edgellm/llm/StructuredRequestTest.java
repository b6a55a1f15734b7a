package io.edgellm.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What requests, messages and results say about tools, schemas and templates. */
class StructuredRequestTest {
  private static final ToolDefinition LIGHT =
      new ToolDefinition("light.set", "Sets a light.", new JsonSchema("{\"type\":\"object\"}"));

  @Test
  void keepsEverythingInACopyWithAnotherTimeout() {
    GenerationRequest request =
        GenerationRequest.builder()
            .user("light on")
            .tool(LIGHT)
            .toolChoice(ToolChoice.auto())
            .unconstrainedToolCalls()
            .constraint(Constraint.json())
            .document(Map.of("title", "house", "text", "three rooms"))
            .templateVariable("reasoning_effort", "low")
            .thinking(false)
            .maxTokens(9)
            .build();

    GenerationRequest copy = request.withTimeout(Duration.ofSeconds(3));

    assertThat(copy.timeout()).contains(Duration.ofSeconds(3));
    assertThat(copy).usingRecursiveComparison().ignoringFields("timeout").isEqualTo(request);
  }

  @Test
  void refusesToolsThatCannotBeChosen() {
    GenerationRequest.Builder none = GenerationRequest.builder().user("x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.toolChoice(ToolChoice.required()).build())
        .withMessageContaining("no tool");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.tool(LIGHT).toolChoice(ToolChoice.tool("door")).build())
        .withMessageContaining("door");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.tool(LIGHT).build())
        .withMessageContaining("same name");
  }

  @Test
  void refusesTextsThatAreNotWhatTheyClaim() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new JsonSchema("{\"type\":"))
        .withMessageContaining("not JSON");
    assertThatIllegalArgumentException().isThrownBy(() -> new JsonSchema("[]"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new JsonSchema("{\"type\":\"string\",\"type\":\"number\"}"));
    assertThatIllegalArgumentException().isThrownBy(() -> new ToolCall("1", "x", "[1]"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ToolDefinition("a b", "", new JsonSchema("true")));
    assertThatIllegalArgumentException().isThrownBy(() -> Constraint.choice("a", ""));
  }

  @Test
  void letsOnlyTheModelCallAndOnlyToolsAnswer() {
    ToolCall call = new ToolCall("1", "light.set", "{}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChatMessage(ChatMessage.Role.USER, "", "", List.of(call), null));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChatMessage(ChatMessage.Role.USER, "", "", List.of(), call));
    assertThat(ChatMessage.toolResult(call, "ok").answers()).isEqualTo(call);
  }
}
