package io.edgellm.inference.engine;

/** With which graphs answers are drafted. */
public enum Drafting {
  /** With none. */
  NEVER,
  /** With those that compute the same for a token alone and for one among others. */
  WHERE_EXACT,
  /** With all that can go back. */
  ALWAYS
}
