package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolDefinition;

/**
 * A tag within a call.
 *
 * @param tag the tag
 */
record TagPiece(String tag) implements Piece {
  @Override
  public Match begins(Transcript transcript, int place) {
    return transcript.tag(tag, place);
  }

  @Override
  public Reading reading(int from) {
    return (transcript, over, call) -> {
      int place = transcript.skipBlanks(from);
      return switch (transcript.tag(tag, place)) {
        case YES -> place + tag.length();
        case NOT_YET -> NOT_YET;
        case NO -> throw new MalformedCallException("'" + tag + "' is missing");
      };
    };
  }

  @Override
  public Expression grammar(CallGrammar grammar, ToolDefinition tool) {
    return grammar.tag(tag);
  }

  @Override
  public void write(ToolCall call, Constraint.Whitespace whitespace, StringBuilder out) {
    out.append(tag);
  }

  @Override
  public boolean isContent() {
    return false;
  }
}
