package io.edgellm.inference.engine;

import io.edgellm.inference.graph.SessionSettings;
import io.edgellm.inference.prefix.PrefixCache;
import io.edgellm.inference.surgery.SurgeryOptions;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * How a model is run.
 *
 * @param threads threads of a forward pass; 0 lets the runtime choose
 * @param spinning whether they wait actively
 * @param prefillChunk tokens per forward pass
 * @param maxContextTokens the longest context that is reserved
 * @param concurrency requests that run at once
 * @param queueBound requests that may wait behind those that run
 * @param threadFactory makes the threads of the model
 * @param deadlineExecutor the host's, or null for one per model
 * @param eventExecutor where listeners are called: the host's, or null for threads of the model
 * @param prefixCache keeps beginnings of prompts that slots forget, or null for none
 * @param drafting with which graphs answers are drafted
 * @param clock what templates see as the date
 * @param surgery what may be done to a graph before it is opened
 */
public record EngineSettings(
    int threads,
    boolean spinning,
    int prefillChunk,
    int maxContextTokens,
    int concurrency,
    int queueBound,
    ThreadFactory threadFactory,
    @Nullable ScheduledExecutorService deadlineExecutor,
    @Nullable Executor eventExecutor,
    @Nullable PrefixCache prefixCache,
    Drafting drafting,
    Clock clock,
    SurgeryOptions surgery) {

  /** Returns how the graph of a model with this context is run. */
  public SessionSettings session(int contextTokensOfModel) {
    int context = Math.min(contextTokensOfModel, maxContextTokens);
    return new SessionSettings(
        threads, spinning, Math.min(prefillChunk, context), context, concurrency, surgery);
  }
}
