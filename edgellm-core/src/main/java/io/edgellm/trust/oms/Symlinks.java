package io.edgellm.trust.oms;

/** What becomes of symbolic links in a model. */
public enum Symlinks {
  /** A model with a link in it is refused. */
  REFUSED,
  /** Links are followed wherever they lead; for models that the caller wrote himself. */
  FOLLOWED
}
