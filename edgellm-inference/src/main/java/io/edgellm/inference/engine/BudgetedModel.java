package io.edgellm.inference.engine;

import io.edgellm.inference.memory.MemoryBudget;
import io.edgellm.inference.memory.MemoryNeed;
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
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model that takes its memory from a budget. While it is idle another model may take the memory
 * over; then the next request loads it again, on a thread of its own, before it runs.
 *
 * <p>A request whose model has no memory waits until others are idle, as one does in a queue; the
 * first load does not wait, but is refused. Every change of state is made under the lock of this
 * object, and nothing that takes long.
 */
public final class BudgetedModel implements LoadedModel, AnswerScorer, MemoryBudget.Holder {
  private final LoadableModel source;
  private final MemoryBudget budget;
  private final long needBytes;
  private final Supplier<OnnxLanguageModel> opener;
  private final EngineSettings settings;
  private final Delivery delivery;
  private final Deadlines deadlines;
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
   * @param settings how it runs, and on which threads
   * @throws InferenceException OUT_OF_BUDGET if there is not enough memory for it; and what the
   *     opener throws
   */
  public BudgetedModel(
      LoadableModel source,
      MemoryBudget budget,
      long needBytes,
      Supplier<OnnxLanguageModel> opener,
      EngineSettings settings) {
    this.source = source;
    this.budget = budget;
    this.needBytes = needBytes;
    this.opener = opener;
    this.settings = settings;
    this.delivery = Delivery.of(settings, source.title());
    this.deadlines = Deadlines.of(settings, source.title());
    Residence first = moveIn(budget.take(needBytes, this).orElseThrow(this::outOfBudget));
    this.residence = first;
    this.info = first.model().info();
  }

  private Residence moveIn(MemoryBudget.Grant grant) {
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
            + MemoryNeed.mebibytes(needBytes)
            + ", and of the budget of "
            + MemoryNeed.mebibytes(budget.limitBytes())
            + " only "
            + MemoryNeed.mebibytes(budget.freeBytes())
            + " are free, with no idle model to take them from; set a shorter context or less"
            + " concurrency, close a model, or raise the budget.",
        source.title());
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
    WaitingGeneration later = new WaitingGeneration(request, listener, delivery, budget::changed);
    OnnxLanguageModel model;
    InferenceException refusal = null;
    synchronized (this) {
      model = closed ? null : enter();
      if (closed) {
        refusal = closedException();
      } else if (model == null && waiting.size() >= settings.queueBound()) {
        refusal = overloaded();
      } else if (model == null) {
        waiting.add(later);
        load();
      }
    }
    if (model != null) {
      return begin(model, request, listener);
    }
    if (refusal != null) {
      later.refuse(refusal);
    } else {
      request
          .timeout()
          .ifPresent(timeout -> deadlines.watch(later, timeout, later::expire, later::refuse));
    }
    return later;
  }

  private InferenceException overloaded() {
    return new InferenceException(
        Reason.OVERLOADED,
        "As many requests as the queue holds wait until "
            + source.title()
            + " has its memory back; try again later or raise the bound.",
        source.title());
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

  private void leave() {
    boolean idle;
    synchronized (this) {
      inUse--;
      lastUse = System.nanoTime();
      idle = inUse == 0;
    }
    if (idle) {
      budget.changed();
    }
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
      Thread thread = settings.threadFactory().newThread(this::moveInAndBegin);
      thread.setName("edgellm-loader " + source.title());
      thread.start();
    }
  }

  private void moveInAndBegin() {
    try {
      loadNow(this::isAwaited);
    } catch (InferenceException toldToAllWhoWait) {
      return;
    }
  }

  private synchronized boolean isAwaited() {
    return !closed && waiting.stream().anyMatch(WaitingGeneration::isPending);
  }

  private synchronized boolean isOpen() {
    return !closed;
  }

  /**
   * Moves the model in, as soon as there is room, and begins what waits for it; or refuses that
   * with what it throws.
   *
   * @param wanted whether to go on waiting for room
   */
  private void loadNow(BooleanSupplier wanted) {
    MemoryBudget.Grant grant = awaitGrant(wanted);
    List<WaitingGeneration> ready = new ArrayList<>();
    Residence movedIn;
    try {
      movedIn = moveIn(grant);
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
      if (!generation.begin((request, listener) -> begin(movedIn.model(), request, listener))) {
        leave();
      }
    }
  }

  /** A request may come at the moment at which the last one that waited has gone. */
  private MemoryBudget.Grant awaitGrant(BooleanSupplier wanted) {
    while (true) {
      Optional<MemoryBudget.Grant> grant = budget.await(needBytes, this, wanted);
      if (grant.isPresent()) {
        return grant.get();
      }
      List<WaitingGeneration> left;
      synchronized (this) {
        if (wanted.getAsBoolean()) {
          continue;
        }
        loading = false;
        notifyAll();
        left = List.copyOf(waiting);
        waiting.clear();
      }
      left.forEach(generation -> generation.refuse(closedException()));
      throw closedException();
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
  public int countTokens(GenerationRequest request) {
    OnnxLanguageModel model = enterOrLoad();
    try {
      return model.countTokens(request);
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
      loadNow(this::isOpen);
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
    budget.changed();
    if (left != null) {
      left.end();
    }
    awaitLoading();
    deadlines.close();
    delivery.close();
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
