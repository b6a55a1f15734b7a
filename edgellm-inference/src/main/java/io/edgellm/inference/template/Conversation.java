package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a chat template renders.
 *
 * @param turns the messages, oldest first
 * @param addGenerationPrompt whether the prompt ends with the beginning of the model's answer
 * @param tools the tools as JSON-like maps; if empty, the template sees None
 * @param variables further variables of the template, for example {@code enable_thinking}; values
 *     as {@link Template#render} takes them
 */
public record Conversation(
    List<Turn> turns,
    boolean addGenerationPrompt,
    List<? extends Map<String, ?>> tools,
    Map<String, ?> variables) {

  /** Copies the lists. */
  public Conversation {
    turns = List.copyOf(turns);
    tools = List.copyOf(tools);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  /** Returns a conversation that asks the model for its answer. */
  public static Conversation of(Turn... turns) {
    return new Conversation(List.of(turns), true, List.of(), Map.of());
  }

  /**
   * One message.
   *
   * @param role who speaks: {@code system}, {@code user}, {@code assistant}, {@code tool} …
   * @param fields {@code content} and whatever else the template knows of a message: {@code
   *     tool_calls}, {@code reasoning_content} …
   */
  public record Turn(String role, Map<String, ?> fields) {

    /** Keeps a copy of the fields, which may hold null values. */
    public Turn {
      Objects.requireNonNull(role);
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** Returns a message of text. */
    public static Turn of(String role, String content) {
      return new Turn(role, Map.of("content", content));
    }

    /**
     * The message as the template sees it. Templates write control tokens from a role, as in {@code
     * '<|' + message.role + '|>'}; a role that is a plain name cannot close or open one by itself
     * and counts as the template's own text.
     */
    Map<String, Object> message() {
      Map<String, Object> message = new LinkedHashMap<>();
      message.put("role", role.matches("[A-Za-z0-9_-]+") ? new TrustedText(role) : role);
      fields.forEach((name, value) -> message.put(name, value));
      return message;
    }
  }

  List<Object> messages() {
    List<Object> messages = new ArrayList<>(turns.size());
    turns.forEach(turn -> messages.add(turn.message()));
    return messages;
  }
}
