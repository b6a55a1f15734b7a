package io.edgellm.llm;

/** Whether the model may, must or must not call a tool of the request. */
public sealed interface ToolChoice {

  /** The model decides: text, calls, or both. */
  record Auto() implements ToolChoice {}

  /** The model sees the tools and answers with text. */
  record None() implements ToolChoice {}

  /** The answer is at least one call, of whichever tool. */
  record Required() implements ToolChoice {}

  /**
   * The answer is a call of this tool.
   *
   * @param tool its name
   */
  record Named(String tool) implements ToolChoice {
    /** Refuses names that no tool can have. */
    public Named {
      ToolDefinition.requireName(tool);
    }
  }

  /** Lets the model decide. */
  static ToolChoice auto() {
    return new Auto();
  }

  /** Has the model answer with text. */
  static ToolChoice none() {
    return new None();
  }

  /** Has the model call at least one tool. */
  static ToolChoice required() {
    return new Required();
  }

  /** Has the model call this tool. */
  static ToolChoice tool(String name) {
    return new Named(name);
  }
}
