package io.edgellm.inference.answer;

import io.edgellm.llm.Constraint.Whitespace;
import java.util.List;
import java.util.Optional;

/**
 * Calls as a Python list: Llama models whose template asks for it, and LFM2 between tags.
 *
 * <pre>{@code [get_weather(city="Paris", days=2)]}</pre>
 */
final class Pythonic {
  private static final String LIQUID = "<|tool_call_start|>";

  private Pythonic() {}

  static Optional<CallForm> in(ModelText model) {
    if (model.hasToken(LIQUID)) {
      return Optional.of(liquid());
    }
    boolean asked = model.templateMatches("\\[func_name1\\(params?_name1=params?_value1");
    return asked ? Optional.of(form()) : Optional.empty();
  }

  static CallForm form() {
    return form("pythonic", List.of(), true, List.of(new Literal("]")));
  }

  static CallForm liquid() {
    return form(
        "lfm2",
        List.of(LIQUID),
        false,
        List.of(new Literal("]"), new TagPiece("<|tool_call_end|>")));
  }

  private static CallForm form(
      String family, List<String> openings, boolean bare, List<Piece> end) {
    return new CallForm(
        family,
        openings,
        bare,
        List.of(new PythonListPiece()),
        List.of(new NamePiece(), new PythonArgumentsPiece()),
        Optional.of(", "),
        end,
        Optional.empty(),
        Whitespace.SPACED);
  }
}
