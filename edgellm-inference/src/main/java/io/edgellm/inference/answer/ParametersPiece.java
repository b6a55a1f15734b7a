package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.grammar.Expression;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolDefinition;

/**
 * Arguments as elements: {@code <parameter=city>\nParis\n</parameter>}, up to {@code </function>}.
 * What is a string by the tool's schema is raw text; everything else is JSON.
 */
record ParametersPiece() implements Piece {
  static final String OPEN = "<parameter=";
  static final String CLOSE = "</parameter>";
  static final String END = "</function>";

  @Override
  public Match begins(Transcript transcript, int place) {
    return transcript.plain(OPEN, place).or(transcript.plain(END, place));
  }

  @Override
  public Expression grammar(CallGrammar grammar, ToolDefinition tool) {
    return grammar.parameters(tool);
  }

  @Override
  public void write(ToolCall call, Constraint.Whitespace whitespace, StringBuilder out) {
    JsonLayout.parse(call.arguments())
        .properties()
        .forEach(
            field ->
                out.append(OPEN)
                    .append(field.getKey())
                    .append(">\n")
                    .append(
                        field.getValue().isTextual()
                            ? field.getValue().textValue()
                            : JsonLayout.write(field.getValue().toString(), whitespace))
                    .append("\n")
                    .append(CLOSE)
                    .append("\n"));
    out.append(END);
  }

  @Override
  public boolean isContent() {
    return true;
  }

  @Override
  public Reading reading(int from) {
    return new Elements(from);
  }

  private static final class Elements implements Reading {
    private final ObjectNode arguments = JsonNodeFactory.instance.objectNode();
    private int place;
    private String key = "";
    private int valueFrom;

    Elements(int from) {
      this.place = from;
    }

    @Override
    public int read(Transcript transcript, boolean over, CallDraft call)
        throws MalformedCallException {
      while (true) {
        if (key.isEmpty()) {
          int next = transcript.skipBlanks(place);
          if (transcript.plain(END, next) == Match.YES) {
            call.arguments(CallJson.text(arguments));
            return next + END.length();
          }
          if (!open(transcript, next)) {
            return NOT_YET;
          }
        }
        if (!value(transcript, call)) {
          return NOT_YET;
        }
      }
    }

    private boolean open(Transcript transcript, int next) throws MalformedCallException {
      Match open = transcript.plain(OPEN, next);
      if (open == Match.NO && transcript.plain(END, next) == Match.NO) {
        throw new MalformedCallException("'" + OPEN + "' or '" + END + "' is missing");
      }
      if (open != Match.YES) {
        return false;
      }
      int from = next + OPEN.length();
      for (int end = from; end < transcript.end(); end++) {
        if (transcript.at(end) == '>' && end > from) {
          key = transcript.text(from, end);
          valueFrom = end + 1;
          place = valueFrom;
          return true;
        }
      }
      return false;
    }

    /** Looks for the end of the value; what was looked at before is not looked at again. */
    private boolean value(Transcript transcript, CallDraft call) throws MalformedCallException {
      for (; place < transcript.end(); place++) {
        if (transcript.isControl(place)) {
          throw new MalformedCallException("the parameter '" + key + "' does not end");
        }
        Match close = transcript.plain(CLOSE, place);
        if (close == Match.NOT_YET) {
          return false;
        }
        if (close == Match.YES) {
          take(withoutLineBreaks(transcript.text(valueFrom, place)), call);
          place += CLOSE.length();
          key = "";
          return true;
        }
      }
      return false;
    }

    private void take(String text, CallDraft call) throws MalformedCallException {
      JsonNode value = ParameterTypes.of(call.tool(), key).read(key, text);
      if (arguments.putIfAbsent(key, value) != null) {
        throw new MalformedCallException("the parameter '" + key + "' is given twice");
      }
    }

    private static String withoutLineBreaks(String text) {
      int from = text.startsWith("\n") ? 1 : 0;
      int to = text.length() > from && text.endsWith("\n") ? text.length() - 1 : text.length();
      return text.substring(from, to);
    }
  }
}
