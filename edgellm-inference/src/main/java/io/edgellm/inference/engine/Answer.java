package io.edgellm.inference.engine;

import io.edgellm.inference.sampling.Logprobs;
import io.edgellm.inference.text.Detokenizer;
import io.edgellm.inference.text.StopStrings;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.inference.text.Vocabulary;
import io.edgellm.llm.TokenLogprobs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An answer as it grows: tokens in, the text that became certain out. */
final class Answer {
  private final Vocabulary vocabulary;
  private final Detokenizer detokenizer;
  private final StopStrings stopStrings;
  private final List<Integer> tokens = new ArrayList<>();
  private final List<TokenLogprobs> logprobs = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  Answer(Tokenizer tokenizer, List<String> stopStrings) {
    this.vocabulary = tokenizer.vocabulary();
    this.detokenizer = tokenizer.detokenizer();
    this.stopStrings = new StopStrings(stopStrings);
  }

  /** Takes a token and returns the text that can be shown now. */
  String add(int token) {
    tokens.add(token);
    return shown(stopStrings.next(detokenizer.next(token)));
  }

  /** Takes the likelihoods of a token and returns them as events carry them. */
  TokenLogprobs add(Logprobs of) {
    List<TokenLogprobs.Alternative> mostLikely = new ArrayList<>(of.count());
    for (int rank = 0; rank < of.count(); rank++) {
      int token = of.token(rank);
      String text = new String(vocabulary.bytes(token), StandardCharsets.UTF_8);
      mostLikely.add(new TokenLogprobs.Alternative(token, text, of.logprob(rank)));
    }
    TokenLogprobs added = new TokenLogprobs(of.chosen(), mostLikely);
    logprobs.add(added);
    return added;
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

  List<TokenLogprobs> logprobs() {
    return logprobs;
  }

  String text() {
    return text.toString();
  }

  private String shown(String more) {
    text.append(more);
    return more;
  }
}
