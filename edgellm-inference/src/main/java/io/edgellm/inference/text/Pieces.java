package io.edgellm.inference.text;

/** How the entries of a vocabulary spell bytes. */
sealed interface Pieces permits ByteLevelPieces, SentencePieces, WordPieces {

  /** Returns the bytes that the vocabulary entry stands for. */
  byte[] bytes(String piece);

  /** What a decoder takes away at the very start of a text. */
  LeadingSpace leadingSpace();

  /** The rule for spaces that an encoder put before the first word. */
  enum LeadingSpace {
    /** Every space is text. */
    KEEP,
    /** One space at the start of the text is not text. */
    DROP_ONE,
    /** No space of the first token is text. */
    DROP_IN_FIRST_TOKEN
  }
}
