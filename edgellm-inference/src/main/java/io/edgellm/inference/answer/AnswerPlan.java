package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.inference.text.Vocabulary;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.ToolChoice;
import io.edgellm.llm.ToolDefinition;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How the answer of one request is written and read. Immutable.
 *
 * <p>Made by {@link AnswerFormat#plan}.
 */
public final class AnswerPlan {
  private final Notation notation;
  private final Tags tags;
  private final GenerationRequest request;
  private final boolean startsInReasoning;

  AnswerPlan(
      Notation notation,
      Vocabulary vocabulary,
      GenerationRequest request,
      boolean startsInReasoning) {
    this.notation = notation;
    this.tags = Tags.of(notation.tags(), vocabulary);
    this.request = request;
    this.startsInReasoning = startsInReasoning;
  }

  /** Returns a parser for one answer. */
  public AnswerParser parser(Tokenizer tokenizer) {
    return new AnswerParser(this, tags, tokenizer.detokenizer());
  }

  /** Returns what makes the grammar of the answer; empty if the answer is free. */
  public Optional<Supplier<Grammar>> grammar() {
    AnswerGrammar grammar = answerGrammar();
    boolean forbidsCalls = !request.tools().isEmpty() && !readsCalls();
    return grammar.isNeeded(forbidsCalls) ? Optional.of(grammar::build) : Optional.empty();
  }

  /** Returns what equals that of another plan exactly if their grammars are the same. */
  public Object key() {
    return answerGrammar();
  }

  private AnswerGrammar answerGrammar() {
    List<ToolDefinition> callable = readsCalls() ? request.tools() : List.of();
    if (request.toolChoice() instanceof ToolChoice.Named named) {
      callable = callable.stream().filter(tool -> tool.name().equals(named.tool())).toList();
    }
    return new AnswerGrammar(
        notation,
        tags.controls(),
        callable,
        request.toolChoice(),
        request.constraint(),
        startsInReasoning,
        request.constrainsToolCalls());
  }

  /** Returns a reader for one answer whose tokens somebody else decodes. */
  AnswerReader reader() {
    return new AnswerReader(this, tags);
  }

  Notation notation() {
    return notation;
  }

  boolean startsInReasoning() {
    return startsInReasoning;
  }

  /** Whether what looks like a call is one. */
  boolean readsCalls() {
    return request.mayCallTools();
  }

  /** Returns the tools that may be called. */
  List<ToolDefinition> tools() {
    return request.tools();
  }

  List<String> stopStrings() {
    return request.stopStrings();
  }

  CallIds ids() {
    return new CallIds(request.messages().size());
  }
}
