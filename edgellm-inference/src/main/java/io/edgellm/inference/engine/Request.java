package io.edgellm.inference.engine;

import io.edgellm.llm.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Something that a model is asked to do with one sequence of tokens. It waits in the queue, then
 * has a slot, and ends exactly once; see {@link RequestEnd}.
 */
abstract sealed class Request permits OnnxGeneration, ScoreRequest {
  private final RequestEnd end = new RequestEnd();

  /** Returns how urgent it is while it waits. */
  abstract Priority priority();

  /** Returns whether its time was over before it began. */
  abstract boolean isOverdue(long nanoTime);

  /** Returns the tokens that it begins with. */
  abstract int[] prompt();

  /** Returns how many of them may come from a cache, fewer than there are. */
  abstract int reusable();

  /** Returns how many of them other requests will begin with, as far as the host knows. */
  abstract int marked();

  /**
   * Returns the adapter that its passes use, so that it shares them with its like; null for none.
   */
  @Nullable String adapter() {
    return null;
  }

  /**
   * Begins on a slot.
   *
   * @param cached how many tokens of the prompt need not be read
   */
  abstract Sequence begin(Decoder decoder, int slot, int cached);

  /** Tells whoever asked that it is over. */
  abstract void tellEnd(Ending ending);

  /**
   * Ends it, unless the scheduler works on it: then its pass has to be interrupted, and the
   * scheduler ends it.
   */
  RequestEnd.Answer askToEnd(Ending why) {
    RequestEnd.Answer answer = end.ask(why);
    if (answer == RequestEnd.Answer.YOURS) {
      tellEnd(why);
    }
    return answer;
  }

  /** Takes hold of it for a pass; false if it has ended. For the scheduler, as what follows. */
  boolean hold() {
    return end.hold();
  }

  /** Lets go of it, and ends it if somebody asked for that meanwhile. */
  void letGo() {
    Ending wish = end.letGo();
    if (wish != null) {
      tellEnd(wish);
    }
  }

  /** Ends it while it is held, unless it has ended. */
  void end(Ending why) {
    if (end.end()) {
      tellEnd(why);
    }
  }

  boolean hasEnded() {
    return end.hasEnded();
  }
}
