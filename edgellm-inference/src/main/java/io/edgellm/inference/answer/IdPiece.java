package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolDefinition;

/**
 * An id of nine letters and digits behind a tag; models leave it out or write it by their version.
 *
 * @param tag the tag before it
 * @param written whether the family writes it
 */
record IdPiece(String tag, boolean written) implements Piece {
  private static final int LENGTH = 9;

  @Override
  public Match begins(Transcript transcript, int place) {
    return transcript.tag(tag, place);
  }

  @Override
  public Reading reading(int from) {
    return (transcript, over, call) -> {
      int place = transcript.skipBlanks(from);
      return switch (transcript.tag(tag, place)) {
        case NOT_YET -> over ? from : NOT_YET;
        case NO -> from;
        case YES -> id(transcript, transcript.skipBlanks(place + tag.length()), call);
      };
    };
  }

  private static int id(Transcript transcript, int from, CallDraft call)
      throws MalformedCallException {
    int end = from + LENGTH;
    for (int place = from; place < Math.min(end, transcript.end()); place++) {
      if (transcript.isControl(place) || !Character.isLetterOrDigit(transcript.at(place))) {
        throw new MalformedCallException("its id has not " + LENGTH + " letters and digits");
      }
    }
    if (end > transcript.end()) {
      return NOT_YET;
    }
    call.id(transcript.text(from, end));
    return end;
  }

  @Override
  public Expression grammar(CallGrammar grammar, ToolDefinition tool) {
    return written ? Expression.sequence(grammar.tag(tag), grammar.id(LENGTH)) : Expression.empty();
  }

  @Override
  public void write(ToolCall call, Constraint.Whitespace whitespace, StringBuilder out) {
    if (written) {
      out.append(tag).append(call.id());
    }
  }

  @Override
  public boolean isContent() {
    return false;
  }
}
