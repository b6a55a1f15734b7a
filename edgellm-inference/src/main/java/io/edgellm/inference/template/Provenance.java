package io.edgellm.inference.template;

/** Who wrote a character of a rendered prompt. */
public enum Provenance {
  /** The model's template, or what it names of itself: special tokens, roles, numbers, the date. */
  TEMPLATE,
  /** Somebody else: messages, tools, documents and every other variable. */
  INPUT
}
