package io.edgellm.llm;

/**
 * How urgent a request is while it waits. It says which request begins first, and takes nothing
 * from one that runs.
 */
public enum Priority {
  /** Work that nobody waits for. */
  LOW,
  /** What is asked where nothing else is said. */
  NORMAL,
  /** Somebody looks at the screen. */
  HIGH
}
