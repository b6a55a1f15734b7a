package io.edgellm.inference.template;

/** What one rendering may still spend; a template is data from elsewhere and may never end. */
final class Budget {
  private final TemplateLimits limits;
  private long steps;
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

  /** Refuses a string of this length before it is made, and counts the work for it. */
  void length(long length) {
    if (length > limits.textLength()) {
      throw new Fault("The template makes more than " + limits.textLength() + " characters.");
    }
    spend(length >> 6);
  }

  /** Refuses a list of this size before it is made, and counts the work for it. */
  void items(long count) {
    long most = limits.textLength() >> 4;
    if (count > most) {
      throw new Fault("The template makes a list of more than " + most + " items.");
    }
    spend(count >> 2);
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
