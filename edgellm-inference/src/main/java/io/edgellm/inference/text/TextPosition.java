package io.edgellm.inference.text;

/** Where a piece of plain text stands: SentencePiece encoders put a space in front by that. */
enum TextPosition {
  /** At the very beginning of a prompt. */
  START,
  /** Right after a control token. */
  AFTER_CONTROL,
  /** In the middle of a text: nothing is put in front. */
  INSIDE
}
