package io.edgellm.inference.text;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An entry of {@code added_tokens} in tokenizer.json.
 *
 * @param id its token id
 * @param content its text
 * @param special whether decoding leaves it out
 * @param stripsLeft whether white space before it belongs to the match ({@code lstrip})
 * @param stripsRight whether white space after it belongs to the match ({@code rstrip})
 * @param singleWord whether it is matched only where no word character touches it
 */
record AddedToken(
    int id,
    String content,
    boolean special,
    boolean stripsLeft,
    boolean stripsRight,
    boolean singleWord) {

  static AddedToken read(JsonNode node) {
    return new AddedToken(
        node.path("id").asInt(-1),
        node.path("content").asText(""),
        node.path("special").asBoolean(false),
        node.path("lstrip").asBoolean(false),
        node.path("rstrip").asBoolean(false),
        node.path("single_word").asBoolean(false));
  }

  /**
   * Whether the token steers the model, so that text from outside must not be able to spell it.
   *
   * <p>Vocabularies also list plain text as added tokens: runs of spaces or line breaks (GPT-NeoX,
   * Gemma) and words that a fine-tuning added. Those are not marked special and hold no
   * punctuation; taking them away from user text would change how it is tokenized for no gain. A
   * single character cannot be told apart from text and is text.
   */
  boolean isControl() {
    if (content.codePointCount(0, content.length()) < 2) {
      return false;
    }
    return special || !content.codePoints().allMatch(AddedToken::isTextual);
  }

  private static boolean isTextual(int codePoint) {
    return Character.isLetterOrDigit(codePoint)
        || Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || codePoint == SentencePieces.SPACE_MARK;
  }
}
