package io.edgellm.inference.engine;

import org.jspecify.annotations.Nullable;

/**
 * Who ends a request, and why: exactly one thread, exactly once.
 *
 * <p>A request lies in the queue or on its slot until the scheduler takes hold of it for a pass.
 * Whoever wants it to end while it lies there ends it at once, on a thread of its own; while the
 * scheduler holds it, the wish is noted, and the scheduler ends the request when it lets go. So
 * nobody waits for a pass that is not his own, and no lock is held during one. The first wish
 * counts. Thread-safe.
 */
final class RequestEnd {
  private boolean held;
  private boolean ended;
  private @Nullable Ending wish;

  /** What became of a wish. */
  enum Answer {
    /** Nobody works on the request: whoever asked has to end it. */
    YOURS,
    /** The scheduler works on it and will end it: tell it to hurry. */
    NOTED,
    /** It has ended, or somebody asked before. */
    LATE
  }

  /** Asks for the end, from any thread. */
  synchronized Answer ask(Ending why) {
    if (ended || wish != null) {
      return Answer.LATE;
    }
    if (held) {
      wish = why;
      return Answer.NOTED;
    }
    ended = true;
    return Answer.YOURS;
  }

  /** Takes hold of the request for the scheduler; false if it has ended. */
  synchronized boolean hold() {
    held = !ended;
    return held;
  }

  /** Lets go of it; returns how the scheduler has to end it now, if somebody asked. */
  synchronized @Nullable Ending letGo() {
    held = false;
    if (ended || wish == null) {
      return null;
    }
    ended = true;
    return wish;
  }

  /**
   * Notes that the scheduler, which holds it, ends it now; a wish that came meanwhile is too late.
   * False if it has ended.
   */
  synchronized boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  /** Returns whether it has ended. */
  synchronized boolean hasEnded() {
    return ended;
  }
}
