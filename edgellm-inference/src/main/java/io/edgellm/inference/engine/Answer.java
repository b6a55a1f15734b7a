package io.edgellm.inference.engine;

import io.edgellm.inference.sampling.Logprobs;
import io.edgellm.inference.text.Detokenizer;
import io.edgellm.inference.text.StopStrings;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.inference.text.Vocabulary;
import io.edgellm.llm.TokenLogprobs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An answer as it grows behind its prompt: tokens in, the text that became certain out.
 *
 * <p>Prompt and answer lie in one array, since that is what the graph reads.
 */
final class Answer {
  private final Vocabulary vocabulary;
  private final Detokenizer detokenizer;
  private final StopStrings stopStrings;
  private final StringBuilder text = new StringBuilder();
  private final List<TokenLogprobs> logprobs = new ArrayList<>();
  private final int promptLength;
  private int[] tokens;
  private int length;

  Answer(int[] prompt, Tokenizer tokenizer, List<String> stopStrings) {
    this.tokens = prompt;
    this.promptLength = prompt.length;
    this.length = prompt.length;
    this.vocabulary = tokenizer.vocabulary();
    this.detokenizer = tokenizer.detokenizer();
    this.stopStrings = new StopStrings(stopStrings);
  }

  /** Makes room for so many tokens of prompt and answer, so that none has to be made later. */
  void reserve(int most) {
    tokens = Arrays.copyOf(tokens, most);
  }

  /** Takes a token and returns the text that can be shown now. */
  String add(int token) {
    tokens[length++] = token;
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

  /** Returns prompt and answer; the first {@link #length()} count. */
  int[] tokens() {
    return tokens;
  }

  int length() {
    return length;
  }

  int promptLength() {
    return promptLength;
  }

  /** Returns the tokens behind the prompt. */
  List<Integer> answered() {
    return IntStream.range(promptLength, length).mapToObj(i -> tokens[i]).toList();
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
