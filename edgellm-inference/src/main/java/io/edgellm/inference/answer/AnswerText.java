package io.edgellm.inference.answer;

import io.edgellm.inference.automaton.Language;
import io.edgellm.inference.grammar.ByteSet;
import io.edgellm.inference.grammar.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Free text in the grammar of an answer: anything without the family's tags. Tags that are control
 * tokens are left out as tokens, and then any bytes and any other control tokens are text; a tag
 * that is text is left out as text.
 */
final class AnswerText {
  private static final ByteSet BLANKS = ByteSet.of(" \n\r\t");

  private final Set<String> controlTags;
  private final List<String> textTags;

  AnswerText(Notation notation, Set<String> controlTags) {
    this.controlTags = controlTags;
    this.textTags = new ArrayList<>();
    notation.reasoning().ifPresent(form -> addText(form.open()));
    notation.calls().ifPresent(form -> form.openings().forEach(this::addText));
  }

  private void addText(String tag) {
    if (!controlTags.contains(tag)) {
      textTags.add(tag);
    }
  }

  Expression tag(String tag) {
    return controlTags.contains(tag) ? Expression.control(tag) : Expression.bytes(tag);
  }

  /** Returns text in which no call is opened. */
  Expression withoutCalls() {
    return textTags.isEmpty() ? anything() : without(textTags);
  }

  /** Returns text whose first visible character cannot begin a call without a tag. */
  Expression notBeginningLike(CallForm form) {
    ByteSet first = ByteSet.of(form.begin().isEmpty() ? "{" : "[");
    Expression begins =
        Expression.choice(
            Expression.oneOf(first.or(BLANKS).not()), new Expression.OtherControl(controlTags));
    return Expression.sequence(
        Expression.zeroOrMore(Expression.oneOf(BLANKS)),
        Expression.optional(Expression.sequence(begins, anything())));
  }

  /** Returns what is thought, up to the tag that ends it. */
  Expression reasoning(ReasoningForm form) {
    return controlTags.contains(form.close()) ? anything() : without(List.of(form.close()));
  }

  /** Returns the line breaks that models write behind reasoning. */
  Expression lineBreaks() {
    return Expression.repeat(Expression.bytes("\n"), 0, 2);
  }

  private Expression anything() {
    return Expression.zeroOrMore(
        Expression.choice(Expression.anyByte(), new Expression.OtherControl(controlTags)));
  }

  private static Expression without(List<String> tags) {
    Language text = Language.anything();
    for (String tag : tags) {
      text = text.minus(Language.anything().concat(Language.text(tag)).concat(Language.anything()));
    }
    return Expression.finite(text.utf8());
  }
}
