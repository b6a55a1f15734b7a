package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.template.ChatTemplate;
import io.edgellm.inference.template.Conversation;
import io.edgellm.inference.template.Conversation.Turn;
import io.edgellm.inference.template.Provenance;
import io.edgellm.inference.template.TemplateLimits;
import io.edgellm.inference.template.TemplateSources;
import io.edgellm.inference.text.TextSpan;
import io.edgellm.inference.text.Tokenizer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a model makes of texts and conversations: tokens, by its own tokenizer and chat template.
 * Templates that ask for the date get the first of January 2026, so that results do not depend on
 * the day.
 */
final class ModelText implements TokenText, AutoCloseable {
  private static final Clock ALWAYS =
      Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

  private final Tokenizer tokenizer;
  private final Optional<ChatTemplate> template;
  private final Set<Integer> endTokens;

  private ModelText(Tokenizer tokenizer, Optional<ChatTemplate> template, Set<Integer> endTokens) {
    this.tokenizer = tokenizer;
    this.template = template;
    this.endTokens = endTokens;
  }

  static ModelText open(ModelDirectory directory, Set<Integer> endTokens) {
    Tokenizer tokenizer = Tokenizer.load(directory.root());
    try {
      return new ModelText(
          tokenizer,
          ChatTemplate.parse(
              TemplateSources.read(directory.root()),
              tokenizer.specialTokens().byName(),
              ALWAYS,
              TemplateLimits.DEFAULT),
          endTokens);
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  /** Returns what belongs in front of a text that is no conversation. */
  int[] prefix() {
    return tokenizer.bareTextPrefix();
  }

  /** Returns the tokens of a text, without what belongs in front of it. */
  int[] text(String text) {
    return tokenizer.encode(text);
  }

  /** Returns the tokens of a conversation that was written with its control tokens. */
  int[] transcript(String text) {
    return tokenizer.encode(List.of(TextSpan.control(text)));
  }

  /** Returns the tokens of a conversation. */
  int[] conversation(List<Turn> turns) {
    return encode(turns, false);
  }

  /** Returns the tokens of a conversation and of the beginning of the model's answer to it. */
  int[] prompt(List<Turn> turns) {
    return encode(turns, true);
  }

  /** Returns an answer as the model has to give it, with the token that ends it. */
  int[] answer(List<Turn> turns, int[] prompt, String answer) {
    List<Turn> answered = new ArrayList<>(turns);
    answered.add(Turn.of("assistant", answer));
    int[] whole = conversation(answered);
    if (startsWith(whole, prompt)) {
      for (int i = prompt.length; i < whole.length; i++) {
        if (endTokens.contains(whole[i])) {
          return Arrays.copyOfRange(whole, prompt.length, i + 1);
        }
      }
    }
    // The template writes answers of the past differently from those to come.
    int end = tokenizer.eosId().orElseGet(() -> endTokens.stream().min(Integer::compare).get());
    return IntStream.concat(IntStream.of(tokenizer.encodeContinuation(answer)), IntStream.of(end))
        .toArray();
  }

  /** Returns the tokens that end an answer. */
  Set<Integer> endTokens() {
    return endTokens;
  }

  /** Returns which tokens of a conversation are answers, their ends included. */
  BitSet answers(int[] tokens) {
    BitSet answers = new BitSet();
    int[] opening = opening();
    int i = 0;
    while (opening.length > 0 && i < tokens.length) {
      if (!matches(tokens, i, opening)) {
        i++;
        continue;
      }
      i += opening.length;
      boolean open = true;
      while (open && i < tokens.length) {
        open = !endTokens.contains(tokens[i]);
        answers.set(i++);
      }
    }
    return answers;
  }

  /** What the template writes in front of an answer; nothing if that cannot be told. */
  private int[] opening() {
    List<Turn> question = List.of(Turn.of("user", "?"));
    int[] asked = conversation(question);
    int[] opened = prompt(question);
    return startsWith(opened, asked)
        ? Arrays.copyOfRange(opened, asked.length, opened.length)
        : new int[0];
  }

  private int[] encode(List<Turn> turns, boolean answerFollows) {
    Conversation conversation = new Conversation(turns, answerFollows, List.of(), Map.of());
    ChatTemplate chat =
        template.orElseThrow(
            () ->
                new DriftException(
                    Reason.INVALID_MATERIAL,
                    "The model has no chat template, which conversations and probes need: put it"
                        + " into chat_template.jinja.",
                    null));
    return tokenizer.encode(
        chat.render(conversation).stream()
            .map(
                span ->
                    span.provenance() == Provenance.TEMPLATE
                        ? TextSpan.control(span.text())
                        : TextSpan.plain(span.text()))
            .toList());
  }

  private static boolean startsWith(int[] whole, int[] beginning) {
    return matches(whole, 0, beginning);
  }

  private static boolean matches(int[] tokens, int from, int[] part) {
    return from + part.length <= tokens.length
        && Arrays.equals(tokens, from, from + part.length, part, 0, part.length);
  }

  /** Writes control tokens as their names. */
  @Override
  public String of(int[] tokens) {
    return tokenizer.detokenizer(id -> false).all(tokens);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
