package io.edgellm.inference.answer;

import io.edgellm.llm.Constraint.Whitespace;
import java.util.List;
import java.util.Optional;

/**
 * Qwen3-Coder, Qwen 3.5 and Nemotron 3: an element for each argument, whose text is raw for strings
 * and JSON for everything else.
 *
 * <pre>{@code
 * <tool_call>
 * <function=get_weather>
 * <parameter=city>
 * Paris
 * </parameter>
 * </function>
 * </tool_call>
 * }</pre>
 */
final class QwenCoder {
  private QwenCoder() {}

  static Optional<CallForm> in(ModelText model) {
    boolean known =
        model.templateHas("<tool_call>")
            && model.templateHas("<function=")
            && model.templateHas("<parameter=");
    return known ? Optional.of(form()) : Optional.empty();
  }

  static CallForm form() {
    return new CallForm(
        "qwen-coder",
        List.of("<tool_call>"),
        false,
        List.of(),
        List.of(
            new Literal("\n<function="),
            new NamePiece(),
            new Literal(">\n"),
            new ParametersPiece()),
        Optional.empty(),
        List.of(new Literal("\n"), new TagPiece("</tool_call>")),
        Optional.of("\n"),
        Whitespace.SPACED);
  }
}
