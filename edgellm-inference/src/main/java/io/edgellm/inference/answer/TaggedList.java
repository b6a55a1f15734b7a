package io.edgellm.inference.answer;

import io.edgellm.llm.Constraint.Whitespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Families that write a JSON list behind a tag.
 *
 * <pre>{@code
 * Phi-4-mini   <|tool_call|>[{"name": "get_weather", "arguments": {"city": "Paris"}}]<|/tool_call|>
 * Granite 3    <|tool_call|>[{"name": "get_weather", "arguments": {"city": "Paris"}}]
 * Command      <|START_ACTION|>[
 *                  {"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Paris"}}
 *              ]<|END_ACTION|>
 * }</pre>
 */
final class TaggedList {
  private static final String CALL = "<|tool_call|>";
  private static final String CALL_END = "<|/tool_call|>";
  private static final String ACTION = "<|START_ACTION|>";
  private static final String ACTION_END = "<|END_ACTION|>";

  private TaggedList() {}

  static Optional<CallForm> in(ModelText model) {
    if (model.templateHas(ACTION)) {
      return Optional.of(command());
    }
    if (model.templateHas("<|tool|>") && model.hasToken(CALL_END)) {
      return Optional.of(phi());
    }
    boolean granite = model.templateHas(CALL) && !model.templateHas(CALL_END);
    return granite ? Optional.of(granite()) : Optional.empty();
  }

  static CallForm phi() {
    return form("phi-4-mini", List.of(CALL), Optional.of(CALL_END));
  }

  /** Version 3.0 knows the tag as a token, version 3.1 writes it like Hermes. */
  static CallForm granite() {
    return form("granite-3", List.of(CALL, "<tool_call>"), Optional.empty());
  }

  static CallForm command() {
    return new CallForm(
        "command",
        List.of(ACTION),
        false,
        List.of(new Literal("[\n    ")),
        List.of(
            new JsonCallPiece(
                new JsonCallPiece.CallKeys(
                    "tool_name",
                    List.of("parameters"),
                    "tool_call_id",
                    JsonCallPiece.CallKeys.Id.FIRST))),
        Optional.of(",\n    "),
        List.of(new Literal("\n]"), new TagPiece(ACTION_END)),
        Optional.empty(),
        Whitespace.SPACED);
  }

  private static CallForm form(String family, List<String> openings, Optional<String> closing) {
    List<Piece> end = new ArrayList<>(List.of(new Literal("]")));
    closing.ifPresent(tag -> end.add(new TagPiece(tag)));
    return new CallForm(
        family,
        openings,
        false,
        List.of(new Literal("[")),
        List.of(new JsonCallPiece(JsonCallPiece.CallKeys.common())),
        Optional.of(", "),
        end,
        Optional.empty(),
        Whitespace.SPACED);
  }
}
