package io.edgellm.llm;

import java.util.Locale;
import java.util.Objects;

/**
 * One turn of a conversation.
 *
 * @param role who speaks
 * @param content what is said; control tokens of the model in it have no effect
 */
public record ChatMessage(Role role, String content) {
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

  /** Refuses nulls. */
  public ChatMessage {
    Objects.requireNonNull(role);
    Objects.requireNonNull(content);
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
}
