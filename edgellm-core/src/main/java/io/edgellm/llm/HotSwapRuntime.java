package io.edgellm.llm;

import io.edgellm.trust.VerifiedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ModelRuntime} over any {@link ModelLoader}.
 *
 * <p>Which model serves is one volatile reference. A request reads it and then <em>enters</em> the
 * slot behind it; a slot that is being unloaded lets nobody in, and the request reads the reference
 * again. So a request either runs to its end on the version where it began, or never began there:
 * there is no moment in which a switch can fail one.
 */
public final class HotSwapRuntime implements ModelRuntime {
  private final ModelLoader loader;
  private final LanguageModel facade = new Facade();
  private final List<Slot> slots = new ArrayList<>();
  // Guarded by slots; what close() must not leave behind.
  private final List<Slot> leaving = new ArrayList<>();
  private volatile @Nullable Slot serving;
  private boolean closed;

  /**
   * @param loader opens the models; called on the thread that calls {@link #load}
   */
  public HotSwapRuntime(ModelLoader loader) {
    this.loader = loader;
  }

  @Override
  public LoadedModel load(VerifiedModel model) {
    requireOpen();
    Slot slot = new Slot(loader.load(model));
    synchronized (slots) {
      if (!closed) {
        slots.add(slot);
        return slot.model;
      }
    }
    slot.unload(Duration.ZERO);
    throw closedException();
  }

  @Override
  public Optional<LoadedModel> serve(LoadedModel model) {
    synchronized (slots) {
      requireOpen();
      Slot next = slotOf(model);
      Slot before = serving;
      serving = next;
      return before == null || before == next ? Optional.empty() : Optional.of(before.model);
    }
  }

  @Override
  public Optional<LoadedModel> stopServing() {
    synchronized (slots) {
      Slot before = serving;
      serving = null;
      return Optional.ofNullable(before).map(s -> s.model);
    }
  }

  @Override
  public Optional<LoadedModel> serving() {
    return Optional.ofNullable(serving).map(s -> s.model);
  }

  @Override
  public void unload(LoadedModel model, Duration drainTimeout) {
    Slot slot;
    synchronized (slots) {
      slot = slotOf(model);
      if (slot == serving) {
        throw new IllegalStateException(
            model.info().title() + " serves: serve another model or stopServing() first.");
      }
      slots.remove(slot);
      leaving.add(slot);
    }
    try {
      slot.unload(drainTimeout);
    } finally {
      synchronized (slots) {
        leaving.remove(slot);
      }
    }
  }

  @Override
  public LanguageModel languageModel() {
    return facade;
  }

  @Override
  public void close() {
    List<Slot> all;
    synchronized (slots) {
      closed = true;
      serving = null;
      all = Stream.concat(slots.stream(), leaving.stream()).toList();
      slots.clear();
    }
    RuntimeException failure = null;
    for (Slot slot : all) {
      try {
        slot.unload(Duration.ZERO);
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private Slot slotOf(LoadedModel model) {
    for (Slot slot : slots) {
      if (slot.model == model) {
        return slot;
      }
    }
    throw new IllegalStateException(
        "The model was not loaded by this runtime, or was unloaded already.");
  }

  private void requireOpen() {
    synchronized (slots) {
      if (closed) {
        throw closedException();
      }
    }
  }

  private static InferenceException closedException() {
    return new InferenceException(
        InferenceException.Reason.CLOSED, "The runtime is closed: open a new one.", null);
  }

  /** One loaded model and the generations that run on it. */
  private static final class Slot {
    private final LoadedModel model;
    private final List<Generation> running = new ArrayList<>();
    private int entered;
    private boolean draining;
    private boolean expired;
    private final Object closing = new Object();
    private boolean closed;

    Slot(LoadedModel model) {
      this.model = model;
    }

    synchronized boolean enter() {
      if (draining) {
        return false;
      }
      entered++;
      return true;
    }

    Generation run(GenerationRequest request, GenerationListener listener) {
      Generation generation;
      try {
        generation = model.generate(request, listener);
      } catch (RuntimeException | Error e) {
        leave(null);
        throw e;
      }
      boolean tooLate;
      synchronized (this) {
        running.add(generation);
        tooLate = expired;
      }
      if (tooLate) {
        generation.cancel();
      }
      generation.result().whenComplete((result, failure) -> leave(generation));
      return generation;
    }

    private synchronized void leave(@Nullable Generation generation) {
      running.remove(generation);
      entered--;
      notifyAll();
    }

    /** Closes the model, once, however many threads ask for it, and whatever its requests do. */
    void unload(Duration timeout) {
      try {
        drain(timeout);
      } finally {
        close();
      }
    }

    private void drain(Duration timeout) {
      // Saturates: a drain may be meant to take as long as it takes.
      long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
      List<Generation> left;
      synchronized (this) {
        draining = true;
        awaitEmpty(deadline);
        expired = true;
        notifyAll();
        left = List.copyOf(running);
      }
      left.forEach(Generation::cancel);
    }

    private void close() {
      // Not under the slot's own lock, which requests need in order to end.
      synchronized (closing) {
        if (!closed) {
          closed = true;
          model.close();
        }
      }
    }

    private void awaitEmpty(long deadline) {
      boolean interrupted = false;
      long remaining = deadline - System.nanoTime();
      while (entered > 0 && !expired && remaining > 0 && !interrupted) {
        try {
          // Rounded up, so that the last wait is not a busy one.
          wait(remaining / 1_000_000 + 1);
        } catch (InterruptedException e) {
          interrupted = true;
        }
        remaining = deadline - System.nanoTime();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What the host holds: sends each request to the slot that serves at that moment. */
  private final class Facade implements LanguageModel {
    @Override
    public ModelInfo info() {
      Slot slot = serving;
      if (slot == null) {
        throw notServing();
      }
      return slot.model.info();
    }

    @Override
    public Generation generate(GenerationRequest request, GenerationListener listener) {
      for (Slot slot = serving; slot != null; slot = serving) {
        if (slot.enter()) {
          return slot.run(request, listener);
        }
      }
      return refuse(listener);
    }

    @Override
    public int countTokens(GenerationRequest request) {
      for (Slot slot = serving; slot != null; slot = serving) {
        if (slot.enter()) {
          try {
            return slot.model.countTokens(request);
          } finally {
            slot.leave(null);
          }
        }
      }
      throw notServing();
    }

    private InferenceException notServing() {
      return new InferenceException(
          InferenceException.Reason.NOT_SERVING,
          "No model serves at present: load one and call serve().",
          null);
    }

    private Generation refuse(GenerationListener listener) {
      InferenceException failure = notServing();
      try {
        listener.onEvent(new GenerationEvent.Failed(System.nanoTime(), failure));
      } catch (RuntimeException e) {
        // The request is refused all the same, and nothing is thrown at who made it.
        failure.addSuppressed(e);
      }
      return new Refused(failure);
    }
  }

  private record Refused(InferenceException failure) implements Generation {
    @Override
    public void cancel() {
      // It has ended.
    }

    @Override
    public CompletionStage<GenerationResult> result() {
      return CompletableFuture.failedStage(failure);
    }

    @Override
    public GenerationResult await() {
      throw failure;
    }
  }
}
