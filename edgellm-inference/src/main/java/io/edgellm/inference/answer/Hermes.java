package io.edgellm.inference.answer;

import io.edgellm.llm.Constraint.Whitespace;
import java.util.List;
import java.util.Optional;

/**
 * Hermes, and with it Qwen 2.5 and 3, SmolLM3, Granite 4 and many others: a JSON object between
 * tags, one block for each call.
 *
 * <pre>{@code
 * <tool_call>
 * {"name": "get_weather", "arguments": {"city": "Paris"}}
 * </tool_call>
 * }</pre>
 */
final class Hermes {
  private Hermes() {}

  static Optional<CallForm> in(ModelText model) {
    boolean known =
        model.templateHas("<tool_call>")
            && model.templateMatches("\\\\?\"name\\\\?\": ?")
            && model.templateMatches("\\\\?\"arguments\\\\?\": ?")
            && !model.templateHas("<arg_key>");
    return known ? Optional.of(form()) : Optional.empty();
  }

  static CallForm form() {
    return new CallForm(
        "hermes",
        List.of("<tool_call>"),
        false,
        List.of(),
        List.of(new Literal("\n"), new JsonCallPiece(JsonCallPiece.CallKeys.common())),
        Optional.empty(),
        List.of(new Literal("\n"), new TagPiece("</tool_call>")),
        Optional.of("\n"),
        Whitespace.SPACED);
  }
}
