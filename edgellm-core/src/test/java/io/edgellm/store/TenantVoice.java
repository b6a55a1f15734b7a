package io.edgellm.store;

import io.edgellm.model.ModelId;
import java.io.PrintStream;

/** What a tenant says on its output, one line at a time, each written at once. */
final class TenantVoice {
  private final PrintStream out;

  TenantVoice(PrintStream out) {
    this.out = out;
  }

  /** Waits to be let in. */
  void ready() {
    say("ready");
  }

  /** Is about to do something, after which the state will be another one, or not. */
  void tries(ModelId model, String step, String what, ModelState after) {
    say("try", model, step, what, after);
  }

  /** Was told that it is done. */
  void done(ModelId model, String step, String what, ModelState now) {
    say("done", model, step, what, now);
  }

  /** Was told that it was not done, for a reason that is named and may occur. */
  void refused(ModelId model, String step, String what, StoreException.Reason reason) {
    say("refused", model, step, what, reason);
  }

  /** The disk is gone, and with it the reason to live. */
  void lost(ModelId model, Throwable e) {
    say("lost", model, "", "", e);
    Runtime.getRuntime().halt(1);
  }

  /** Saw what must not be. */
  void bad(ModelId model, Object what) {
    say("bad", model, "", "", what);
    Runtime.getRuntime().halt(1);
  }

  private void say(Object... words) {
    StringBuilder line = new StringBuilder();
    for (Object word : words) {
      line.append(line.isEmpty() ? "" : "\t").append(String.valueOf(word).replaceAll("\\s", " "));
    }
    synchronized (out) {
      out.print(line.append('\n'));
      if (out.checkError()) {
        // Nobody listens any more: whoever should have killed it is dead.
        Runtime.getRuntime().halt(2);
      }
    }
  }
}
