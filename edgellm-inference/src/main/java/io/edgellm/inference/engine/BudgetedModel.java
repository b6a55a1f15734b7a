package io.edgellm.inference.engine;

import io.edgellm.inference.memory.MemoryBudget;
import io.edgellm.llm.AnswerScorer;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.ModelInfo;
import io.edgellm.trust.LoadableModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model that takes its memory from a budget. While it is idle another model may take the memory
 * over; then the next request loads it again, on a thread of its own, before it runs.
 *
 * <p>Every change of state is made under the lock of this object, and nothing that takes long.
 */
public final class BudgetedModel implements LoadedModel, AnswerScorer, MemoryBudget.Holder {
  private final LoadableModel source;
  private final MemoryBudget budget;
  private final long needBytes;
  private final Supplier<OnnxLanguageModel> opener;
  private final ThreadFactory threads;
  private final ModelInfo info;

  private final List<WaitingGeneration> waiting = new ArrayList<>();
  private @Nullable Residence residence;
  private int inUse;
  private boolean loading;
  private boolean closed;
  private long lastUse = System.nanoTime();

  /** The model in memory, and the right to be there. */
  private record Residence(OnnxLanguageModel model, MemoryBudget.Grant grant) {
    void end() {
      try {
        model.close();
      } finally {
        grant.close();
      }
    }
  }

  /**
   * Opens a model within a budget.
   *
   * @param needBytes what it takes
   * @param opener opens it
   * @param threads makes the threads on which it is loaded again
   * @throws InferenceException OUT_OF_BUDGET if there is not enough memory for it; and what the
   *     opener throws
   */
  public BudgetedModel(
      LoadableModel source,
      MemoryBudget budget,
      long needBytes,
      Supplier<OnnxLanguageModel> opener,
      ThreadFactory threads) {
    this.source = source;
    this.budget = budget;
    this.needBytes = needBytes;
    this.opener = opener;
    this.threads = threads;
    Residence first = moveIn();
    this.residence = first;
    this.info = first.model().info();
  }

  private Residence moveIn() {
    MemoryBudget.Grant grant = budget.take(needBytes, this).orElseThrow(this::outOfBudget);
    try {
      return new Residence(opener.get(), grant);
    } catch (RuntimeException | Error e) {
      grant.close();
      throw e;
    }
  }

  private InferenceException outOfBudget() {
    return new InferenceException(
        Reason.OUT_OF_BUDGET,
        source.title()
            + " takes "
            + mebibytes(needBytes)
            + ", and of the budget of "
            + mebibytes(budget.limitBytes())
            + " only "
            + mebibytes(budget.freeBytes())
            + " are free, with no idle model to take them from; set a shorter context or less"
            + " concurrency, close a model, or raise the budget.",
        source.title());
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  @Override
  public LoadableModel source() {
    return source;
  }

  @Override
  public ModelInfo info() {
    return info;
  }

  @Override
  public Generation generate(GenerationRequest request, GenerationListener listener) {
    OnnxLanguageModel model;
    WaitingGeneration later = new WaitingGeneration(request, listener);
    synchronized (this) {
      model = closed ? null : enter();
      if (model == null && !closed) {
        waiting.add(later);
        load();
        return later;
      }
    }
    if (model == null) {
      later.refuse(closedException());
      return later;
    }
    return begin(model, request, listener);
  }

  /** Returns the model if it is in memory, in use from now on. Called under the lock. */
  private @Nullable OnnxLanguageModel enter() {
    lastUse = System.nanoTime();
    if (residence == null) {
      return null;
    }
    inUse++;
    return residence.model();
  }

  private synchronized void leave() {
    inUse--;
    lastUse = System.nanoTime();
  }

  private Generation begin(
      OnnxLanguageModel model, GenerationRequest request, GenerationListener listener) {
    Generation generation;
    try {
      generation = model.generate(request, listener);
    } catch (RuntimeException | Error e) {
      leave();
      throw e;
    }
    generation.result().whenComplete((result, failure) -> leave());
    return generation;
  }

  /** Lets a thread move the model in, unless one does already. Called under the lock. */
  private void load() {
    if (!loading) {
      loading = true;
      Thread thread = threads.newThread(this::moveInAndBegin);
      thread.setName("edgellm-loader " + source.title());
      thread.start();
    }
  }

  private void moveInAndBegin() {
    try {
      loadNow();
    } catch (InferenceException toldToAllWhoWait) {
      return;
    }
  }

  /** Moves the model in and begins what waits for it, or refuses that with what it throws. */
  private void loadNow() {
    List<WaitingGeneration> ready = new ArrayList<>();
    Residence movedIn;
    try {
      movedIn = moveIn();
      if (!settle(movedIn, ready)) {
        movedIn.end();
        throw closedException();
      }
    } catch (InferenceException e) {
      refuse(e);
      throw e;
    } catch (RuntimeException | Error e) {
      InferenceException failure =
          new InferenceException(Reason.RUNTIME, "Loading failed: " + e, source.title(), e);
      refuse(failure);
      throw failure;
    }
    for (WaitingGeneration generation : ready) {
      generation.begin((request, listener) -> begin(movedIn.model(), request, listener));
    }
  }

  /** Takes over a model that was loaded; returns whether it is still wanted. */
  private synchronized boolean settle(Residence movedIn, List<WaitingGeneration> ready) {
    if (closed) {
      return false;
    }
    residence = movedIn;
    loading = false;
    inUse += waiting.size();
    ready.addAll(waiting);
    waiting.clear();
    notifyAll();
    return true;
  }

  private void refuse(InferenceException why) {
    List<WaitingGeneration> refused;
    synchronized (this) {
      loading = false;
      refused = List.copyOf(waiting);
      waiting.clear();
      notifyAll();
    }
    refused.forEach(generation -> generation.refuse(why));
  }

  @Override
  public int countTokens(List<ChatMessage> messages) {
    OnnxLanguageModel model = enterOrLoad();
    try {
      return model.countTokens(messages);
    } finally {
      leave();
    }
  }

  @Override
  public AnswerScore score(List<ChatMessage> messages, String answer) {
    OnnxLanguageModel model = enterOrLoad();
    try {
      return model.score(messages, answer);
    } finally {
      leave();
    }
  }

  /** Returns the model, in use from now on; loads it on this thread if it has to be. */
  private OnnxLanguageModel enterOrLoad() {
    while (true) {
      synchronized (this) {
        awaitLoading();
        if (closed) {
          throw closedException();
        }
        OnnxLanguageModel model = enter();
        if (model != null) {
          return model;
        }
        loading = true;
      }
      loadNow();
    }
  }

  /** Interrupts do not end the waiting: nobody who calls expects an exception for that. */
  private synchronized void awaitLoading() {
    boolean interrupted = false;
    while (loading) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized long lastUseNanoTime() {
    return lastUse;
  }

  @Override
  public void giveUpIfIdle() {
    Residence left;
    synchronized (this) {
      if (inUse > 0 || residence == null) {
        return;
      }
      left = residence;
      residence = null;
    }
    left.end();
  }

  /** Ends what runs and what waits, and gives the memory back. */
  @Override
  public void close() {
    Residence left;
    synchronized (this) {
      closed = true;
      left = residence;
      residence = null;
    }
    if (left != null) {
      left.end();
    }
    awaitLoading();
  }

  private InferenceException closedException() {
    return new InferenceException(
        Reason.CLOSED, source.title() + " was closed; load it again.", source.title());
  }

  @Override
  public String toString() {
    return "BudgetedModel[" + source.title() + "]";
  }
}
