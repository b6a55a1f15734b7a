package io.edgellm.inference.answer;

import io.edgellm.llm.ToolDefinition;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of a call while it is read. For one thread. */
final class CallDraft {
  private final Map<String, ToolDefinition> tools;
  private @Nullable String name;
  private @Nullable String id;
  private @Nullable String arguments;

  CallDraft(Map<String, ToolDefinition> tools) {
    this.tools = tools;
  }

  void name(String name) {
    this.name = name;
  }

  void id(String id) {
    this.id = id;
  }

  void arguments(String json) {
    this.arguments = json;
  }

  /** Returns the name of the tool as far as it is one of the request's. */
  Optional<String> knownName() {
    return Optional.ofNullable(name).filter(tools::containsKey);
  }

  /** Returns the tool that is called. */
  ToolDefinition tool() throws MalformedCallException {
    if (name == null) {
      throw new MalformedCallException("it does not say which tool");
    }
    ToolDefinition tool = tools.get(name);
    if (tool == null) {
      throw new MalformedCallException("there is no tool of the name '" + name + "'");
    }
    return tool;
  }

  /** Returns the id that the model wrote, if it did. */
  Optional<String> id() {
    return Optional.ofNullable(id);
  }

  /** Returns the arguments, a JSON object. */
  String arguments() throws MalformedCallException {
    if (arguments == null) {
      throw new MalformedCallException("it has no arguments");
    }
    return arguments;
  }
}
