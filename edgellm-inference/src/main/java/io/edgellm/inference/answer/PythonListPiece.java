package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolDefinition;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The bracket before a list of calls in Python, where a call follows it. */
record PythonListPiece() implements Piece {
  private static final Pattern BEGINNING = Pattern.compile("\\[\\s*[A-Za-z_][A-Za-z0-9_.-]*\\(");
  private static final int LONGEST = 256;

  @Override
  public Match begins(Transcript transcript, int place) {
    if (place < transcript.end() && transcript.isControl(place)) {
      return Match.NO;
    }
    int end = Math.min(transcript.end(), place + LONGEST);
    Matcher matcher = BEGINNING.matcher(transcript.text(place, end));
    if (matcher.lookingAt()) {
      return Match.YES;
    }
    return matcher.hitEnd() && end < place + LONGEST ? Match.NOT_YET : Match.NO;
  }

  @Override
  public Reading reading(int from) {
    return new Literal("[").reading(from);
  }

  @Override
  public Expression grammar(CallGrammar grammar, ToolDefinition tool) {
    return Expression.bytes("[");
  }

  @Override
  public void write(ToolCall call, Constraint.Whitespace whitespace, StringBuilder out) {
    out.append("[");
  }

  @Override
  public boolean isContent() {
    return false;
  }
}
