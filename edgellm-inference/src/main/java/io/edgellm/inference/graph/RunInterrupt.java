package io.edgellm.inference.graph;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import org.jspecify.annotations.Nullable;

/**
 * Ends forward passes from any thread, also in the middle of one: the runtime looks at the flag
 * between two nodes of the graph.
 *
 * <p>One per thread that runs passes. Who triggers it first marks what is to end; the thread that
 * runs the passes calls {@link #reset()} before it looks for such marks. A trigger that comes late
 * ends a pass for nothing, which is then repeated; none is lost. Thread-safe.
 */
public final class RunInterrupt implements AutoCloseable {
  private OrtSession.@Nullable RunOptions options;
  private boolean triggered;

  /** Prepares one. */
  public RunInterrupt() throws OrtException {
    this.options = new OrtSession.RunOptions();
  }

  /** Ends the run under way and all that follow. Without effect after {@link #close()}. */
  public synchronized void trigger() {
    triggered = true;
    setTerminate(true);
  }

  /** Lets passes run again. */
  public synchronized void reset() {
    if (triggered) {
      triggered = false;
      setTerminate(false);
    }
  }

  private void setTerminate(boolean terminate) {
    if (options != null) {
      try {
        options.setTerminate(terminate);
      } catch (OrtException e) {
        throw new IllegalStateException("The runtime does not take a flag.", e);
      }
    }
  }

  /** Returns whether {@link #trigger()} was called. */
  public synchronized boolean isTriggered() {
    return triggered;
  }

  /** The options of the next run; the caller is the thread that will close this. */
  synchronized OrtSession.RunOptions options() {
    if (options == null) {
      throw new IllegalStateException("The request is over.");
    }
    return options;
  }

  @Override
  public synchronized void close() {
    if (options != null) {
      options.close();
      options = null;
    }
  }
}
