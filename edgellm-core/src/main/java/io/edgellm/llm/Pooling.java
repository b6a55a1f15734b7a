package io.edgellm.llm;

/**
 * How the vectors of the tokens of a text become the one vector of the text. A model gives sensible
 * vectors only with the way that it was trained for.
 */
public enum Pooling {
  /** The mean over all tokens, those that the tokenizer puts around a text included. */
  MEAN,
  /** The vector of the first token. */
  CLS,
  /** The largest number of each dimension. */
  MAX,
  /** The vector of the last token, which alone has seen all others in a decoder. */
  LAST_TOKEN
}
