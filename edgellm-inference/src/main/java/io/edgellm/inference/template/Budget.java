package io.edgellm.inference.template;

/**
 * What one rendering may still spend; a template is data from elsewhere and may never end.
 *
 * <p>Memory is counted as it is made and never given back: what a template drops is garbage, what
 * it keeps in a namespace is not, and telling the two apart costs more than it is worth.
 */
final class Budget {
  /** Bytes of a value with its object header, about. */
  private static final int VALUE_BYTES = 32;

  private static final int SLOT_BYTES = 8;

  private final TemplateLimits limits;
  private long steps;
  private long madeBytes;
  private int depth;

  Budget(TemplateLimits limits) {
    this.limits = limits;
  }

  /** Counts steps of work. */
  void spend(long count) {
    steps += count;
    if (steps > limits.steps()) {
      throw new Fault("The template runs for more than " + limits.steps() + " steps.");
    }
  }

  /** Refuses a string of this length before it is made, and counts the work and memory for it. */
  void text(long length) {
    length(length);
    characters(length);
  }

  /** Refuses a string of this length. */
  void length(long length) {
    if (length > limits.textLength()) {
      throw new Fault("The template makes more than " + limits.textLength() + " characters.");
    }
  }

  /** Counts characters that were added to a string. */
  void characters(long count) {
    spend(count >> 6);
    make(count);
  }

  /** Counts the work of reading a string of this length once. */
  void reading(long length) {
    spend(length >> 6);
  }

  /** Refuses a list of this size before it is made, and counts the work and memory for it. */
  void items(long count) {
    long most = limits.textLength() >> 4;
    if (count > most) {
      throw new Fault("The template makes a list of more than " + most + " items.");
    }
    spend(count >> 2);
    make(VALUE_BYTES + count * SLOT_BYTES);
  }

  /** Counts new values: numbers, characters, entries of a dict. */
  void values(long count) {
    make(count * VALUE_BYTES);
  }

  /** Counts what a method gave: strings, and lists of them. */
  void made(Value result) {
    if (result instanceof Value.Str str) {
      characters(str.text().length());
    } else if (result instanceof Value.Items items) {
      items(items.values().size());
      for (Value part : items.values()) {
        if (part instanceof Value.Str str) {
          characters(VALUE_BYTES + (long) str.text().length());
        }
      }
    }
  }

  private void make(long bytes) {
    madeBytes += bytes;
    if (madeBytes > limits.madeBytes()) {
      throw new Fault("The template makes more than " + limits.madeBytes() + " bytes of values.");
    }
  }

  void enter() {
    if (++depth > limits.depth()) {
      throw new Fault("The template calls itself more than " + limits.depth() + " times deep.");
    }
  }

  void leave() {
    depth--;
  }
}
