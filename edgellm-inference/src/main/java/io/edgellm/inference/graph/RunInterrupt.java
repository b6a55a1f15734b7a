package io.edgellm.inference.graph;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoraAdapter;
import ai.onnxruntime.OrtSession;
import java.util.HashMap;
import java.util.Map;
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
  private final Map<@Nullable OrtLoraAdapter, OrtSession.RunOptions> options = new HashMap<>();
  private boolean triggered;
  private boolean closed;

  /** Prepares one. */
  public RunInterrupt() throws OrtException {
    options.put(null, new OrtSession.RunOptions());
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
    try {
      for (OrtSession.RunOptions each : options.values()) {
        each.setTerminate(terminate);
      }
    } catch (OrtException e) {
      throw new IllegalStateException("The runtime does not take a flag.", e);
    }
  }

  /** Returns whether {@link #trigger()} was called. */
  public synchronized boolean isTriggered() {
    return triggered;
  }

  /**
   * The options of the next run; the caller is the thread that will close this.
   *
   * @param adapter what the run uses, or null; it is closed after this
   */
  synchronized OrtSession.RunOptions options(@Nullable OrtLoraAdapter adapter) throws OrtException {
    if (closed) {
      throw new IllegalStateException("The thread has ended its work.");
    }
    OrtSession.RunOptions known = options.get(adapter);
    return known == null ? adding(adapter) : known;
  }

  private OrtSession.RunOptions adding(@Nullable OrtLoraAdapter adapter) throws OrtException {
    OrtSession.RunOptions made = new OrtSession.RunOptions();
    options.put(adapter, made);
    if (adapter != null) {
      made.addActiveLoraAdapter(adapter);
    }
    made.setTerminate(triggered);
    return made;
  }

  @Override
  public synchronized void close() {
    closed = true;
    options.values().forEach(OrtSession.RunOptions::close);
    options.clear();
  }
}
