package io.edgellm.inference.answer;

import io.edgellm.llm.Constraint.Whitespace;
import java.util.List;
import java.util.Optional;

/**
 * DeepSeek. Its tags have full-width bars and blocks for spaces; version 3.1 leaves out the words
 * around the arguments.
 *
 * <pre>{@code
 * <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather
 * ```json
 * {"city": "Paris"}
 * ```<｜tool▁call▁end｜><｜tool▁calls▁end｜>
 *
 * <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Paris"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>
 * }</pre>
 */
final class DeepSeek {
  private static final String CALLS = "<｜tool▁calls▁begin｜>";
  private static final String CALLS_END = "<｜tool▁calls▁end｜>";
  private static final String CALL = "<｜tool▁call▁begin｜>";
  private static final String CALL_END = "<｜tool▁call▁end｜>";
  private static final String SEPARATOR = "<｜tool▁sep｜>";

  private DeepSeek() {}

  static Optional<CallForm> in(ModelText model) {
    if (!model.templateHas(CALLS)) {
      return Optional.empty();
    }
    return Optional.of(model.templateHas("```json") ? v3() : v31());
  }

  static CallForm v3() {
    return form(
        "deepseek-v3",
        List.of(
            new TagPiece(CALL),
            new Literal("function"),
            new TagPiece(SEPARATOR),
            new NamePiece(),
            new Literal("\n```json\n"),
            new ArgumentsPiece(),
            new Literal("\n```"),
            new TagPiece(CALL_END)),
        "\n");
  }

  static CallForm v31() {
    return form(
        "deepseek-v3.1",
        List.of(
            new TagPiece(CALL),
            new NamePiece(),
            new TagPiece(SEPARATOR),
            new ArgumentsPiece(),
            new TagPiece(CALL_END)),
        "");
  }

  private static CallForm form(String family, List<Piece> call, String separator) {
    return new CallForm(
        family,
        List.of(CALLS),
        false,
        List.of(),
        call,
        Optional.of(separator),
        List.of(new TagPiece(CALLS_END)),
        Optional.empty(),
        Whitespace.SPACED);
  }
}
