package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolDefinition;

/**
 * Plain text within a call. White space in it is what the family writes, and what a reader takes or
 * misses without complaint.
 *
 * @param text the text
 */
record Literal(String text) implements Piece {
  @Override
  public Match begins(Transcript transcript, int place) {
    String visible = visible();
    if (visible.isEmpty()) {
      return Match.NO;
    }
    return transcript.plain(visible.substring(0, 1), place);
  }

  @Override
  public Reading reading(int from) {
    String visible = visible();
    return new Reading() {
      private int place = from;
      private int read;

      @Override
      public int read(Transcript transcript, boolean over, CallDraft call)
          throws MalformedCallException {
        while (read < visible.length()) {
          int next = transcript.skipBlanks(place);
          if (next == transcript.end()) {
            return NOT_YET;
          }
          if (transcript.isControl(next) || transcript.at(next) != visible.charAt(read)) {
            throw new MalformedCallException("'" + visible + "' is missing");
          }
          place = next + 1;
          read++;
        }
        return place;
      }
    };
  }

  @Override
  public Expression grammar(CallGrammar grammar, ToolDefinition tool) {
    return Expression.bytes(text);
  }

  @Override
  public void write(ToolCall call, Constraint.Whitespace whitespace, StringBuilder out) {
    out.append(text);
  }

  @Override
  public boolean isContent() {
    return false;
  }

  private String visible() {
    StringBuilder visible = new StringBuilder();
    text.chars().filter(c -> !Blanks.isBlank((char) c)).forEach(c -> visible.append((char) c));
    return visible.toString();
  }
}
