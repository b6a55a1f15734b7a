package io.edgellm.inference.text;

import java.nio.charset.StandardCharsets;

/** How the entries of a vocabulary spell bytes. */
sealed interface Pieces permits ByteLevelPieces, SentencePieces, WordPieces {

  /** Returns the bytes that the vocabulary entry stands for. */
  byte[] bytes(String piece);

  /** Returns the bytes that an added token stands for: its name, which is text as it is. */
  default byte[] bytes(AddedToken token) {
    return token.content().getBytes(StandardCharsets.UTF_8);
  }

  /** What a decoder takes away at the very start of a text. */
  LeadingSpace leadingSpace();

  /** The rule for spaces that an encoder put before the first word. */
  enum LeadingSpace {
    /** Every space is text. */
    KEEP,
    /** One space at the start of the text is not text. */
    DROP_ONE,
    /** No space of the first token is text, wherever it stands in it. */
    DROP_IN_FIRST_TOKEN
  }
}
