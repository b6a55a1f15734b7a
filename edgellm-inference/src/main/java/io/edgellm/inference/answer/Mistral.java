package io.edgellm.inference.answer;

import io.edgellm.llm.Constraint.Whitespace;
import java.util.List;
import java.util.Optional;

/**
 * Mistral. Up to tokenizer version 7 a list of JSON objects with ids of nine letters and digits;
 * from version 11 on name and arguments, each call behind its own tag.
 *
 * <pre>{@code
 * [TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Paris"}, "id": "a1B2c3D4e"}]
 * [TOOL_CALLS]get_weather[CALL_ID]a1B2c3D4e[ARGS]{"city": "Paris"}
 * [TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}
 * }</pre>
 */
final class Mistral {
  private static final String CALLS = "[TOOL_CALLS]";
  private static final String ID = "[CALL_ID]";
  private static final String ARGUMENTS = "[ARGS]";

  private Mistral() {}

  static Optional<CallForm> in(ModelText model) {
    if (!model.templateHas(CALLS)) {
      return Optional.empty();
    }
    return Optional.of(model.templateHas(ARGUMENTS) ? named(model.templateHas(ID)) : list());
  }

  static CallForm list() {
    return new CallForm(
        "mistral",
        List.of(CALLS),
        false,
        List.of(new Literal("[")),
        List.of(
            new JsonCallPiece(
                new JsonCallPiece.CallKeys(
                    "name",
                    List.of("arguments", "parameters"),
                    "id",
                    JsonCallPiece.CallKeys.Id.LAST))),
        Optional.of(", "),
        List.of(new Literal("]")),
        Optional.empty(),
        Whitespace.SPACED);
  }

  /**
   * @param withIds whether the model writes ids
   */
  static CallForm named(boolean withIds) {
    return new CallForm(
        withIds ? "mistral-named-with-ids" : "mistral-named",
        List.of(CALLS),
        false,
        List.of(),
        List.of(
            new NamePiece(),
            new IdPiece(ID, withIds),
            new TagPiece(ARGUMENTS),
            new ArgumentsPiece()),
        Optional.empty(),
        List.of(),
        Optional.of(""),
        Whitespace.SPACED);
  }
}
