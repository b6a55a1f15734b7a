package io.edgellm.inference.engine;

/** What a slot needs of the next turn. */
enum SlotState {
  /** Nothing: there is no request on it. */
  FREE,
  /** Nothing: its request waits for a slow listener. */
  PAUSED,
  /** A chunk of tokens is to be read. */
  READING,
  /** One token is to be read, the last one. */
  DECODING
}
