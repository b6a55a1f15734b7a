package io.edgellm.inference.answer;

import io.edgellm.inference.text.Detokenizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer token by token, and tells what has become certain.
 *
 * <p>A tag of the family counts only as its control token where the vocabulary has one. Where it
 * has none, the tag is text, and text that may become one is held back, wherever the tokens cut it.
 * Special tokens that mean nothing here write nothing.
 *
 * <p>White space around reasoning and calls belongs to neither of them nor to the text. Everything
 * else is passed on, in its order, exactly once: as text, as reasoning, within a call, or as the
 * text of what is no call though it began like one. Stop strings are looked for in the text only.
 *
 * <p>For one answer and one thread.
 */
public final class AnswerParser {
  private final Tags tags;
  private final Detokenizer detokenizer;
  private final AnswerReader reader;

  AnswerParser(AnswerPlan plan, Tags tags, Detokenizer detokenizer) {
    this.tags = tags;
    this.detokenizer = detokenizer;
    this.reader = new AnswerReader(plan, tags);
  }

  /** Takes the next token and returns the parts that are certain with it, often none. */
  public List<AnswerPart> next(int token) {
    @Nullable String tag = tags.of(token);
    if (tag == null) {
      reader.text(detokenizer.next(token));
    } else {
      reader.text(detokenizer.finish());
      reader.control(tag);
    }
    return reader.parts().take();
  }

  /**
   * Takes the token that ends the answer, which writes nothing, but may complete a part if it is a
   * tag of the family.
   */
  public List<AnswerPart> end(int token) {
    return tags.of(token) == null ? List.of() : next(token);
  }

  /** Ends the answer and returns what was held back. */
  public List<AnswerPart> finish() {
    reader.text(detokenizer.finish());
    reader.finish();
    return reader.parts().take();
  }

  /** Returns whether a stop string came up; nothing is returned after that. */
  public boolean stopped() {
    return reader.parts().stopped();
  }
}
