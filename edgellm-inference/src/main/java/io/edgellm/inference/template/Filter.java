package io.edgellm.inference.template;

/** A filter: {@code input|name(args)}. */
interface Filter {
  Value apply(Rendering rendering, Value input, Args args);
}
