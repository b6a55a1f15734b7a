package io.edgellm.inference.engine;

import io.edgellm.inference.text.Detokenizer;
import io.edgellm.inference.text.StopStrings;
import java.util.ArrayList;
import java.util.List;

/** An answer as it grows: tokens in, the text that became certain out. */
final class Answer {
  private final Detokenizer detokenizer;
  private final StopStrings stopStrings;
  private final List<Integer> tokens = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  Answer(Detokenizer detokenizer, List<String> stopStrings) {
    this.detokenizer = detokenizer;
    this.stopStrings = new StopStrings(stopStrings);
  }

  /** Takes a token and returns the text that can be shown now. */
  String add(int token) {
    tokens.add(token);
    return shown(stopStrings.next(detokenizer.next(token)));
  }

  /** Returns whether a stop string came up. */
  boolean stopped() {
    return stopStrings.matched().isPresent();
  }

  /** Ends the answer and returns the text that was held back. */
  String finish() {
    return shown(stopStrings.next(detokenizer.finish()) + stopStrings.finish());
  }

  List<Integer> tokens() {
    return tokens;
  }

  String text() {
    return text.toString();
  }

  private String shown(String more) {
    text.append(more);
    return more;
  }
}
