package io.edgellm.inference.template;

/** A test: {@code input is name(args)}. */
interface Test {
  boolean holds(Rendering rendering, Value input, Args args);
}
