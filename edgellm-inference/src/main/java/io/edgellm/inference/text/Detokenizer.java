package io.edgellm.inference.text;

import java.util.function.IntPredicate;

/**
 * Decodes one stream of token ids into text, as the ids come.
 *
 * <p>A token may end in the middle of a character (an emoji often takes three tokens): what is
 * returned ends at a character, and the rest waits for the next token. The pieces joined, and
 * {@link #finish()}, are exactly {@link Tokenizer#decode(int...)} of all ids. Hidden tokens
 * (usually the special ones) write nothing, and the bytes before and behind one may be of one
 * character, as in Hugging Face's decoder. A control token that is not hidden is written as its
 * name; an unfinished character before it becomes U+FFFD first. The space that a SentencePiece
 * encoder put before the first word is left out at the start of the text.
 *
 * <p>Bytes that are not UTF-8 become U+FFFD. For a byte-level vocabulary the result is the one of
 * Hugging Face's decoder; for byte fallback that decoder writes one U+FFFD per byte of a whole run
 * of byte tokens if any of them is wrong, which cannot be known while the run goes on.
 *
 * <p>For one thread.
 */
public final class Detokenizer {
  private final Vocabulary vocabulary;
  private final Pieces.LeadingSpace leadingSpace;
  private final IntPredicate hidden;
  private final Utf8Stream utf8 = new Utf8Stream();
  private final StringBuilder text = new StringBuilder();
  private boolean started;

  Detokenizer(Vocabulary vocabulary, Pieces.LeadingSpace leadingSpace, IntPredicate hidden) {
    this.vocabulary = vocabulary;
    this.hidden = hidden;
    this.leadingSpace = leadingSpace;
  }

  /**
   * Takes the next id and returns the characters that it completes, often the empty string in the
   * middle of a character.
   */
  public String next(int id) {
    int length = vocabulary.byteCount(id);
    if (length == 0 || hidden.test(id)) {
      return "";
    }
    Pieces.LeadingSpace rule = started ? Pieces.LeadingSpace.KEEP : leadingSpace;
    for (int i = 0; i < length; i++) {
      int value = vocabulary.byteAt(id, i);
      if (value != ' ' || isText(rule, i)) {
        utf8.write(value, text);
      }
    }
    started = true;
    return take();
  }

  /**
   * Ends the text so far: bytes of a character that never came to its end become U+FFFD. More ids
   * may follow, as the same text: who takes control tokens out of the stream calls this before each
   * of them, so that no character is put together across one.
   */
  public String finish() {
    utf8.finish(text);
    return take();
  }

  /** Takes all the ids that are left and returns their text. */
  public String all(int... ids) {
    StringBuilder whole = new StringBuilder();
    for (int id : ids) {
      whole.append(next(id));
    }
    return whole.append(finish()).toString();
  }

  private static boolean isText(Pieces.LeadingSpace rule, int index) {
    return switch (rule) {
      case KEEP -> true;
      case DROP_ONE -> index > 0;
      case DROP_IN_FIRST_TOKEN -> false;
    };
  }

  private String take() {
    String taken = text.toString();
    text.setLength(0);
    return taken;
  }
}
