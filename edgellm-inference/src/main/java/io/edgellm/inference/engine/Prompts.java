package io.edgellm.inference.engine;

import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.text.Detokenizer;
import io.edgellm.inference.text.TextSpan;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.inference.text.Vocabulary;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Conversations to tokens and back: where the chat template and the tokenizer meet. */
record Prompts(ModelDirectory directory, Tokenizer tokenizer) implements AutoCloseable {

  static Prompts load(ModelDirectory directory) {
    return new Prompts(directory, Tokenizer.load(directory.root()));
  }

  /**
   * Returns the tokens of a conversation and of the beginning of the answer.
   *
   * @throws InferenceException TEMPLATE if the template does not accept it
   */
  int[] encode(List<ChatMessage> messages) {
    List<TextSpan> spans = new ArrayList<>();
    spans.add(TextSpan.control("<|bos|>"));
    for (ChatMessage message : messages) {
      spans.add(TextSpan.control("<|" + message.role().label() + "|>"));
      spans.add(TextSpan.plain(message.content()));
      spans.add(TextSpan.control("<|end|>"));
    }
    spans.add(TextSpan.control("<|assistant|>"));
    return tokenizer.encode(spans);
  }

  /** Returns the tokens of what the model would say. */
  int[] encodeAnswer(String answer) {
    return tokenizer.encode(answer);
  }

  Detokenizer detokenizer() {
    return tokenizer.detokenizer();
  }

  /**
   * Returns all tokens that end an answer: those of the configuration and the tokenizer's own.
   *
   * @param configured those of the configuration
   * @param logits the size of the vocabulary that the graph knows
   * @throws InferenceException MODEL_INVALID if graph and tokenizer do not belong together
   */
  Set<Integer> endTokens(Set<Integer> configured, int logits) {
    Vocabulary vocabulary = tokenizer.vocabulary();
    if (vocabulary.size() > logits) {
      throw wrongTokenizer("has " + vocabulary.size() + " tokens, and the graph knows " + logits);
    }
    Set<Integer> ends = new TreeSet<>(configured);
    tokenizer.eosId().ifPresent(ends::add);
    for (int end : ends) {
      if (vocabulary.byteCount(end) == 0) {
        throw wrongTokenizer("does not know " + end + ", which ends an answer");
      }
    }
    return ends;
  }

  private InferenceException wrongTokenizer(String what) {
    return new InferenceException(
        InferenceException.Reason.MODEL_INVALID,
        "tokenizer.json " + what + "; it belongs to another model.",
        directory.root().resolve("tokenizer.json").toString());
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
