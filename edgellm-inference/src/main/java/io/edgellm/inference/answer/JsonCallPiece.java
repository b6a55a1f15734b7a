package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.grammar.Expression;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolDefinition;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A call as one JSON object: {@code {"name": "f", "arguments": {…}}} in the family's own words.
 *
 * @param keys how the family names the fields
 */
record JsonCallPiece(CallKeys keys) implements Piece {
  /** Beginnings are looked for in so many characters; a tool's name has at most 128. */
  private static final int BEGINNING = 512;

  @Override
  public Match begins(Transcript transcript, int place) {
    if (place < transcript.end() && transcript.isControl(place)) {
      return Match.NO;
    }
    Matcher matcher = keys.beginning().matcher(beginning(transcript, place));
    if (matcher.lookingAt()) {
      return Match.YES;
    }
    return matcher.hitEnd() && transcript.end() - place < BEGINNING ? Match.NOT_YET : Match.NO;
  }

  private static String beginning(Transcript transcript, int place) {
    return transcript.text(place, Math.min(transcript.end(), place + BEGINNING));
  }

  @Override
  public Reading reading(int from) {
    return new Reading() {
      private int first = from;
      private JsonExtent extent = new JsonExtent(from);
      private boolean mayFindName = true;

      @Override
      public int read(Transcript transcript, boolean over, CallDraft call)
          throws MalformedCallException {
        int begin = transcript.skipBlanks(first);
        if (begin > first) {
          first = begin;
          extent = new JsonExtent(begin);
        }
        if (mayFindName) {
          mayFindName = !findName(transcript, first, call);
        }
        int end = extent.read(transcript);
        if (end != NOT_YET) {
          take(CallJson.parse(transcript.text(first, end)), call);
        }
        return end;
      }
    };
  }

  /** Returns whether there is nothing more to look for. */
  private boolean findName(Transcript transcript, int first, CallDraft call) {
    Matcher matcher = keys.beginningWithName().matcher(beginning(transcript, first));
    if (matcher.lookingAt()) {
      call.name(matcher.group(1));
      return true;
    }
    return transcript.end() - first >= BEGINNING;
  }

  private void take(JsonNode object, CallDraft call) throws MalformedCallException {
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String field = names.next();
      if (!keys.knows(field)) {
        throw new MalformedCallException("it has a field '" + field + "', which no call has");
      }
    }
    JsonNode name = object.path(keys.name());
    if (!name.isTextual()) {
      throw new MalformedCallException("it has no field '" + keys.name() + "' with a name");
    }
    call.name(name.textValue());
    call.tool();
    List<String> given = keys.arguments().stream().filter(object::has).toList();
    if (given.size() > 1) {
      throw new MalformedCallException("it has arguments twice: " + String.join(", ", given));
    }
    call.arguments(
        CallJson.arguments(object.path(given.isEmpty() ? keys.arguments().get(0) : given.get(0))));
    if (keys.id() == CallKeys.Id.LAST && object.path(keys.idField()).isTextual()) {
      call.id(object.path(keys.idField()).textValue());
    }
  }

  @Override
  public Expression grammar(CallGrammar grammar, ToolDefinition tool) {
    String colon = grammar.colon();
    Expression open =
        switch (keys.id()) {
          case FIRST ->
              Expression.sequence(
                  Expression.bytes("{\"" + keys.idField() + "\"" + colon + "\""),
                  grammar.number(),
                  Expression.bytes("\"" + grammar.comma()));
          default -> Expression.bytes("{");
        };
    Expression close =
        switch (keys.id()) {
          case LAST ->
              Expression.sequence(
                  Expression.bytes(grammar.comma() + "\"" + keys.idField() + "\"" + colon + "\""),
                  grammar.id(CallIds.LENGTH),
                  Expression.bytes("\"}"));
          default -> Expression.bytes("}");
        };
    String head = "\"" + keys.name() + "\"" + colon + "\"" + tool.name() + "\"";
    String arguments = grammar.comma() + "\"" + keys.arguments().get(0) + "\"" + colon;
    return Expression.sequence(
        open, Expression.bytes(head + arguments), grammar.arguments(tool), close);
  }

  @Override
  public void write(ToolCall call, Constraint.Whitespace whitespace, StringBuilder out) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put(keys.name(), call.name());
    object.set(keys.arguments().get(0), JsonLayout.parse(call.arguments()));
    if (keys.id() == CallKeys.Id.LAST) {
      object.put(keys.idField(), call.id());
    }
    out.append(JsonLayout.write(object.toString(), whitespace));
  }

  @Override
  public boolean isContent() {
    return true;
  }

  /**
   * How a family names the fields of a call.
   *
   * @param name the field of the tool's name
   * @param arguments the fields in which arguments may come; the family writes the first
   * @param idField the field of an id, or the empty string
   * @param id whether and where the family writes it
   */
  record CallKeys(String name, List<String> arguments, String idField, Id id) {
    private static final String TYPE = "type";

    /** Where a family writes an id. */
    enum Id {
      /** Nowhere. */
      NONE,
      /** Before the name; a number that counts the calls of the conversation. */
      FIRST,
      /** Behind the arguments; nine letters and digits, by which the calls are told apart. */
      LAST
    }

    CallKeys {
      arguments = List.copyOf(arguments);
    }

    /** The fields of most families. */
    static CallKeys common() {
      return new CallKeys("name", List.of("arguments", "parameters"), "id", Id.NONE);
    }

    boolean knows(String field) {
      return field.equals(name)
          || arguments.contains(field)
          || field.equals(TYPE)
          || (!idField.isEmpty() && field.equals(idField));
    }

    Pattern beginning() {
      return Pattern.compile(begin());
    }

    Pattern beginningWithName() {
      return Pattern.compile(begin() + "([A-Za-z0-9_.-]+)\"");
    }

    private String begin() {
      String typeFirst =
          "(?:\"type\"[ \\n\\r\\t]*:[ \\n\\r\\t]*\"function\"[ \\n\\r\\t]*,[ \\n\\r\\t]*)?";
      String idFirst =
          idField.isEmpty()
              ? ""
              : "(?:\""
                  + Pattern.quote(idField)
                  + "\"[ \\n\\r\\t]*:[ \\n\\r\\t]*\"\\w*\"[ \\n\\r\\t]*,[ \\n\\r\\t]*)?";
      return "[ \\n\\r\\t]*\\{[ \\n\\r\\t]*"
          + typeFirst
          + idFirst
          + "\""
          + Pattern.quote(name)
          + "\"[ \\n\\r\\t]*:[ \\n\\r\\t]*\"";
    }
  }
}
