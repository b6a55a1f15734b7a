package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolDefinition;

/** Arguments by keyword, as in Python: {@code (city="Paris", days=2)}. Values are literals. */
record PythonArgumentsPiece() implements Piece {
  private static final int DEEPEST = 64;

  @Override
  public Match begins(Transcript transcript, int place) {
    return transcript.plain("(", place);
  }

  @Override
  public Expression grammar(CallGrammar grammar, ToolDefinition tool) {
    return grammar.keywords(tool);
  }

  @Override
  public void write(ToolCall call, Constraint.Whitespace whitespace, StringBuilder out) {
    StringBuilder arguments = new StringBuilder();
    JsonLayout.parse(call.arguments())
        .properties()
        .forEach(
            field ->
                arguments
                    .append(arguments.isEmpty() ? "" : ", ")
                    .append(field.getKey())
                    .append('=')
                    .append(PythonText.of(field.getValue())));
    out.append('(').append(arguments).append(')');
  }

  @Override
  public boolean isContent() {
    return true;
  }

  @Override
  public Reading reading(int from) {
    return new Extent(from);
  }

  /** Finds the bracket that closes the arguments, looking at each character once. */
  private static final class Extent implements Reading {
    private int first;
    private int place;
    private int depth;
    private char quote;
    private boolean escaped;

    Extent(int from) {
      this.first = from;
      this.place = from;
    }

    @Override
    public int read(Transcript transcript, boolean over, CallDraft call)
        throws MalformedCallException {
      if (depth == 0) {
        first = transcript.skipBlanks(first);
        place = first;
      }
      while (place < transcript.end()) {
        if (transcript.isControl(place)) {
          throw new MalformedCallException("a control token stands within its arguments");
        }
        take(transcript.at(place));
        place++;
        if (depth == 0) {
          String inside = transcript.text(first + 1, place - 1);
          call.arguments(CallJson.text(new PythonLiterals(inside).keywords()));
          return place;
        }
      }
      return NOT_YET;
    }

    private void take(char c) throws MalformedCallException {
      if (depth == 0 && c != '(') {
        throw new MalformedCallException("'(' is missing");
      }
      if (quote != 0) {
        if (escaped) {
          escaped = false;
        } else if (c == '\\') {
          escaped = true;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if ("([{".indexOf(c) >= 0) {
        if (++depth > DEEPEST) {
          throw new MalformedCallException("it is nested deeper than " + DEEPEST + " levels");
        }
      } else if (")]}".indexOf(c) >= 0) {
        depth--;
      }
    }
  }
}
