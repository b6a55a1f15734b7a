package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolDefinition;

/** One thing that a family writes within a call: a tag, the tool's name, its arguments. */
interface Piece {
  /** A reading needs more text. */
  int NOT_YET = -1;

  /** Whether it stands at a place, which is no white space. */
  Match begins(Transcript transcript, int place);

  /** Returns a reading of it that begins at a place, white space allowed before it. */
  Reading reading(int from);

  /** Returns what of it a call of this tool may be written as. */
  Expression grammar(CallGrammar grammar, ToolDefinition tool);

  /** Appends what it is in a call that was made. */
  void write(ToolCall call, Constraint.Whitespace whitespace, StringBuilder out);

  /** Whether it says what is called, so that a call without it is not complete. */
  boolean isContent();

  /** Reads one piece of a text that still grows. For one place and one thread. */
  interface Reading {
    /**
     * Reads on, each character once.
     *
     * @param over whether no more text will come
     * @param call what is learnt of the call
     * @return the place behind the piece, or {@link #NOT_YET}
     */
    int read(Transcript transcript, boolean over, CallDraft call) throws MalformedCallException;
  }
}
