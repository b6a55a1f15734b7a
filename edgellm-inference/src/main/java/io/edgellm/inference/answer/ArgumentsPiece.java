package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolDefinition;

/** The arguments alone, a JSON object. */
record ArgumentsPiece() implements Piece {
  @Override
  public Match begins(Transcript transcript, int place) {
    return transcript.plain("{", place);
  }

  @Override
  public Reading reading(int from) {
    return new Reading() {
      private int first = from;
      private JsonExtent extent = new JsonExtent(from);

      @Override
      public int read(Transcript transcript, boolean over, CallDraft call)
          throws MalformedCallException {
        int begin = transcript.skipBlanks(first);
        if (begin > first) {
          first = begin;
          extent = new JsonExtent(begin);
        }
        int end = extent.read(transcript);
        if (end != NOT_YET) {
          call.arguments(CallJson.arguments(CallJson.parse(transcript.text(first, end))));
        }
        return end;
      }
    };
  }

  @Override
  public Expression grammar(CallGrammar grammar, ToolDefinition tool) {
    return grammar.arguments(tool);
  }

  @Override
  public void write(ToolCall call, Constraint.Whitespace whitespace, StringBuilder out) {
    out.append(JsonLayout.write(call.arguments(), whitespace));
  }

  @Override
  public boolean isContent() {
    return true;
  }
}
