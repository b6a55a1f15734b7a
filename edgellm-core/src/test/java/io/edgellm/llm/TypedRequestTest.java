package io.edgellm.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests whose answers are records. */
final class TypedRequestTest {
  private record SetLight(String room, int level) {}

  private final ScriptedModel model =
      new ScriptedModel(
          Map.of(
              "dim", "{\"room\": \"bedroom\", \"level\": 30}",
              "chat", "Of course!"));

  @Test
  void answersWithARecord() throws InterruptedException {
    assertThat(model.generateAs(GenerationRequest.of("dim"), SetLight.class))
        .isEqualTo(new SetLight("bedroom", 30));
  }

  @Test
  void asksForTheSchemaOfTheRecordAndForWhatWasAskedBefore() {
    GenerationRequest request = GenerationRequest.builder().user("dim").maxTokens(7).build();
    assertThat(TypedRequest.of(request, SetLight.class).request())
        .usingRecursiveComparison()
        .isEqualTo(
            request.toBuilder()
                .constraint(Constraint.schema(JsonSchema.of(SetLight.class)))
                .build());
  }

  @Test
  void readsAnAnswerThatIsHeardAndNotWaitedFor() {
    var typed = TypedRequest.of(GenerationRequest.of("dim"), SetLight.class);
    var light =
        model
            .generate(typed.request(), GenerationListener.silent())
            .result()
            .thenApply(typed::read);
    assertThat(light.toCompletableFuture()).isCompletedWithValue(new SetLight("bedroom", 30));
  }

  @Test
  void refusesARequestWithAConstraint() {
    GenerationRequest request =
        GenerationRequest.builder().user("dim").constraint(Constraint.json()).build();
    assertThat(reason(() -> model.generateAs(request, SetLight.class)))
        .isEqualTo(InferenceException.Reason.INVALID_REQUEST);
  }

  @Test
  void saysWhyAnAnswerIsIncomplete() {
    var typed = TypedRequest.of(GenerationRequest.of("dim"), SetLight.class);
    for (FinishReason end :
        List.of(
            FinishReason.LENGTH,
            FinishReason.CONTEXT,
            FinishReason.DEADLINE,
            FinishReason.CANCELLED,
            FinishReason.STOP,
            FinishReason.TOOL_CALLS)) {
      InferenceException e =
          catchThrowableOfType(
              InferenceException.class, () -> typed.read(answer("{\"room\": \"bed", end)));
      assertThat(e.reason()).isEqualTo(InferenceException.Reason.ANSWER_INCOMPLETE);
      assertThat(e).hasMessageContaining("ended with " + end);
    }
  }

  @Test
  void refusesAnObjectThatWasLedToItsEndForLackOfRoom() {
    var typed = TypedRequest.of(GenerationRequest.of("dim"), SetLight.class);
    String whole = "{\"room\":\"x\",\"level\":1}";
    assertThat(reason(() -> typed.read(answer(whole, FinishReason.LENGTH))))
        .isEqualTo(InferenceException.Reason.ANSWER_INCOMPLETE);
    assertThat(typed.read(answer(whole, FinishReason.DEADLINE))).isEqualTo(new SetLight("x", 1));
  }

  @Test
  void saysThatAnAnswerIsNoRecord() {
    assertThat(reason(() -> model.generateAs(GenerationRequest.of("chat"), SetLight.class)))
        .isEqualTo(InferenceException.Reason.ANSWER_INVALID);
  }

  private static InferenceException.Reason reason(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(InferenceException.class, call).reason();
  }

  static GenerationResult answer(String text, FinishReason end) {
    return new GenerationResult(
        text, List.of(), end, 1, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }
}
