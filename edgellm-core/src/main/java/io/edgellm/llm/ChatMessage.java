package io.edgellm.llm;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a conversation.
 *
 * @param role who speaks
 * @param content what is said; control tokens of the model in it have no effect
 * @param reasoning what the model thought before it said it, often empty; chat templates show it to
 *     the model as its family wants
 * @param toolCalls the tools that the model called in this turn
 * @param answers the call whose result this is, for the role {@link Role#TOOL}; null for others,
 *     and where it is not known
 */
public record ChatMessage(
    Role role,
    String content,
    String reasoning,
    List<ToolCall> toolCalls,
    @Nullable ToolCall answers) {
  /** Who speaks. */
  public enum Role {
    /** The host's instructions. */
    SYSTEM,
    /** The person. */
    USER,
    /** The model. */
    ASSISTANT,
    /** The result of a tool. */
    TOOL;

    /** Returns the name that chat templates use. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Copies the list. */
  public ChatMessage {
    Objects.requireNonNull(role);
    Objects.requireNonNull(content);
    Objects.requireNonNull(reasoning);
    toolCalls = List.copyOf(toolCalls);
    if (role != Role.ASSISTANT && !toolCalls.isEmpty()) {
      throw new IllegalArgumentException("Only the model calls tools, not the role " + role + ".");
    }
    if (role != Role.TOOL && answers != null) {
      throw new IllegalArgumentException("Only the role TOOL answers a call, not " + role + ".");
    }
  }

  /** A message of text. */
  public ChatMessage(Role role, String content) {
    this(role, content, "", List.of(), null);
  }

  /** Returns a message of the host. */
  public static ChatMessage system(String content) {
    return new ChatMessage(Role.SYSTEM, content);
  }

  /** Returns a message of the person. */
  public static ChatMessage user(String content) {
    return new ChatMessage(Role.USER, content);
  }

  /** Returns a message of the model. */
  public static ChatMessage assistant(String content) {
    return new ChatMessage(Role.ASSISTANT, content);
  }

  /** Returns the turn of the model that an answer was, so that the conversation can go on. */
  public static ChatMessage assistant(GenerationResult answer) {
    return new ChatMessage(
        Role.ASSISTANT, answer.text(), answer.reasoning(), answer.toolCalls(), null);
  }

  /**
   * Returns the result of a tool.
   *
   * @param call which call it answers
   * @param content the result as the model shall see it, text or JSON
   */
  public static ChatMessage toolResult(ToolCall call, String content) {
    return new ChatMessage(Role.TOOL, content, "", List.of(), Objects.requireNonNull(call));
  }
}
