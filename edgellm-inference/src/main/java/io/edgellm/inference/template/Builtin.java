package io.edgellm.inference.template;

/**
 * A function of the engine.
 *
 * @param name what templates call it
 * @param body what it does
 */
record Builtin(String name, Body body) implements Value.Callable {

  /** The body of a function. */
  interface Body {
    Value call(Rendering rendering, Args args);
  }

  @Override
  public Value call(Rendering rendering, Args args) {
    return body.call(rendering, args);
  }

  @Override
  public String typeName() {
    return "function";
  }
}
