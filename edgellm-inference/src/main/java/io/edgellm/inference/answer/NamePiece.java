package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolDefinition;

/** The name of a tool, not in quotes. */
record NamePiece() implements Piece {
  private static final int LONGEST = 128;

  @Override
  public Match begins(Transcript transcript, int place) {
    if (place == transcript.end()) {
      return Match.NOT_YET;
    }
    return isNamePart(transcript, place) ? Match.YES : Match.NO;
  }

  @Override
  public Reading reading(int from) {
    return (transcript, over, call) -> {
      int first = transcript.skipBlanks(from);
      int place = first;
      while (place < transcript.end() && isNamePart(transcript, place)) {
        place++;
      }
      if (place - first > LONGEST) {
        throw new MalformedCallException("no tool has a name this long");
      }
      if (place == transcript.end() && !over) {
        return NOT_YET;
      }
      if (place == first) {
        throw new MalformedCallException("it does not say which tool");
      }
      call.name(transcript.text(first, place));
      call.tool();
      return place;
    };
  }

  @Override
  public Expression grammar(CallGrammar grammar, ToolDefinition tool) {
    return Expression.bytes(tool.name());
  }

  @Override
  public void write(ToolCall call, Constraint.Whitespace whitespace, StringBuilder out) {
    out.append(call.name());
  }

  @Override
  public boolean isContent() {
    return true;
  }

  private static boolean isNamePart(Transcript transcript, int place) {
    char c = transcript.at(place);
    boolean letterOrDigit =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return (letterOrDigit || "_-.".indexOf(c) >= 0) && !transcript.isControl(place);
  }
}
