package io.edgellm.inference.answer;

import io.edgellm.llm.Constraint.Whitespace;
import java.util.List;
import java.util.Optional;

/**
 * Llama 3.1, 3.2, 3.3 and 4: a JSON object as the whole answer, in some versions behind a tag.
 *
 * <pre>{@code {"name": "get_weather", "parameters": {"city": "Paris"}}}</pre>
 */
final class Llama {
  private Llama() {}

  static Optional<CallForm> in(ModelText model) {
    boolean known =
        (model.templateHas("ipython<|end_header_id|>")
                || model.templateHas("ipython<|header_end|>"))
            && model.templateHas("{\"name\": function name, \"parameters\":");
    return known ? Optional.of(form()) : Optional.empty();
  }

  static CallForm form() {
    return new CallForm(
        "llama",
        List.of("<|python_tag|>"),
        true,
        List.of(),
        List.of(
            new JsonCallPiece(
                new JsonCallPiece.CallKeys(
                    "name",
                    List.of("parameters", "arguments"),
                    "",
                    JsonCallPiece.CallKeys.Id.NONE))),
        Optional.of("; "),
        List.of(),
        Optional.empty(),
        Whitespace.SPACED);
  }
}
