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

  /** Refuses a string or list of this length before it is made, and counts the work for it. */
  void length(long length) {
    if (length > limits.textLength()) {
      throw new Fault("The template makes more than " + limits.textLength() + " characters.");
    }
    spend(length >> 6);
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
