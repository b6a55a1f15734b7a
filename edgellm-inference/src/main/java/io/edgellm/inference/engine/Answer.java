package io.edgellm.inference.engine;

import io.edgellm.inference.answer.AnswerParser;
import io.edgellm.inference.answer.AnswerPart;
import io.edgellm.inference.sampling.Logprobs;
import io.edgellm.inference.text.Vocabulary;
import io.edgellm.llm.MalformedToolCall;
import io.edgellm.llm.TokenLogprobs;
import io.edgellm.llm.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An answer as it grows behind its prompt: tokens in, the parts that became certain out.
 *
 * <p>Prompt and answer lie in one array, since that is what the graph reads.
 */
final class Answer {
  private final Vocabulary vocabulary;
  private final AnswerParser parser;
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final List<ToolCall> calls = new ArrayList<>();
  private final List<MalformedToolCall> malformed = new ArrayList<>();
  private final List<TokenLogprobs> logprobs = new ArrayList<>();
  private final int promptLength;
  private int[] tokens;
  private int length;

  Answer(int[] prompt, AnswerParser parser, Vocabulary vocabulary) {
    this.tokens = prompt;
    this.promptLength = prompt.length;
    this.length = prompt.length;
    this.vocabulary = vocabulary;
    this.parser = parser;
  }

  /** Makes room for so many tokens of prompt and answer, so that none has to be made later. */
  void reserve(int most) {
    tokens = Arrays.copyOf(tokens, most);
  }

  /** Takes a token and returns what can be shown now. */
  List<AnswerPart> add(int token) {
    tokens[length++] = token;
    return kept(parser.next(token));
  }

  /** Takes the token that ends the answer, which is no part of it but may complete one. */
  List<AnswerPart> end(int token) {
    return kept(parser.end(token));
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
    return parser.stopped();
  }

  /** Ends the answer and returns what was held back. */
  List<AnswerPart> finish() {
    return kept(parser.finish());
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

  String reasoning() {
    return reasoning.toString();
  }

  List<ToolCall> calls() {
    return calls;
  }

  List<MalformedToolCall> malformed() {
    return malformed;
  }

  private List<AnswerPart> kept(List<AnswerPart> parts) {
    for (AnswerPart part : parts) {
      if (part instanceof AnswerPart.Text more) {
        text.append(more.text());
      } else if (part instanceof AnswerPart.Reasoning more) {
        reasoning.append(more.text());
      } else if (part instanceof AnswerPart.CallFinished finished) {
        calls.add(finished.call());
      } else if (part instanceof AnswerPart.CallRejected rejected) {
        malformed.add(rejected.malformed());
      }
    }
    return parts;
  }
}
