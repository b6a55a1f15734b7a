package io.edgellm.inference.schema;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;

/** The words in which a constraint is refused: where, by which keyword, why, and what to do. */
final class Refusal {
  private Refusal() {}

  /**
   * @param node the schema that asks for it
   * @param keyword the keyword that asks for it
   * @param why what is wrong and what to do, as sentences
   */
  static InferenceException of(SchemaNode node, String keyword, String why) {
    String place = node.pointer() + SchemaNode.step(keyword);
    return new InferenceException(
        Reason.INVALID_CONSTRAINT,
        "The schema's \"" + keyword + "\" at " + place + " cannot be enforced: " + why,
        place);
  }

  /**
   * @param place the JSON pointer of a schema that no value fulfils
   * @param why what contradicts what, as a sentence
   */
  static InferenceException contradiction(String place, String why) {
    return new InferenceException(
        Reason.INVALID_CONSTRAINT,
        "Nothing can satisfy the schema at " + place + ": " + why,
        place);
  }

  /**
   * @param what what is too large, and its bound, as a sentence that says what to do
   */
  static InferenceException tooLarge(String place, String what) {
    return new InferenceException(
        Reason.INVALID_CONSTRAINT, "The schema at " + place + " is too large: " + what, place);
  }
}
