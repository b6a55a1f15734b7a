package io.edgellm.inference.grammar;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The numbers of a grammar's symbols: 0 to 255 are the bytes, then come the control tokens that the
 * grammar names, each by itself, and last all control tokens that it does not name, as one.
 * Immutable.
 */
public final class Symbols {
  /** The number of byte values, and so of the first control token. */
  public static final int BYTES = 256;

  private final List<String> named;

  Symbols(Collection<String> named) {
    this.named = List.copyOf(new TreeSet<>(named));
  }

  /** Returns how many there are. */
  public int count() {
    return BYTES + named.size() + 1;
  }

  /** Returns the contents of the control tokens with a number of their own, in its order. */
  public List<String> named() {
    return named;
  }

  /** Returns the number of the control tokens that the grammar does not name. */
  public int other() {
    return BYTES + named.size();
  }

  /** Returns the number of a control token. */
  public int of(String control) {
    int index = named.indexOf(control);
    return index < 0 ? other() : BYTES + index;
  }
}
