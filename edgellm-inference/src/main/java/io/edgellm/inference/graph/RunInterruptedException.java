package io.edgellm.inference.graph;

import org.jspecify.annotations.Nullable;

/** A forward pass was ended by its {@link RunInterrupt}; the cache holds what it held before. */
public final class RunInterruptedException extends Exception {
  private static final long serialVersionUID = 1L;

  RunInterruptedException(@Nullable Throwable cause) {
    super("The forward pass was interrupted.", cause);
  }
}
