package io.edgellm.triton;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The calls of {@link TritonClient} as futures.
 *
 * <p>A future completes within the request timeout, with the result or with a {@link
 * TritonException}. Cancelling the future itself (not a stage derived from it) ends the exchange
 * and closes its connection. What cannot be sent at all, such as a name that does not fit into a
 * path, is thrown at once. Futures complete on threads of the HTTP client or of the executor that
 * the builder was given: a continuation that blocks belongs on an executor of its own.
 */
public final class TritonAsyncClient {
  private final Transport transport;
  private final Duration timeout;
  private final long maxResultBytes;

  TritonAsyncClient(Transport transport, Duration timeout, long maxResultBytes) {
    this.transport = transport;
    this.timeout = timeout;
    this.maxResultBytes = maxResultBytes;
  }

  /** This client with another request timeout; connections are shared. */
  public TritonAsyncClient withRequestTimeout(Duration timeout) {
    return new TritonAsyncClient(
        transport, TritonClientBuilder.requirePositive(timeout), maxResultBytes);
  }

  /** See {@link TritonClient#isLive()}. */
  public CompletableFuture<Boolean> isLive() {
    return send(Calls.live());
  }

  /** See {@link TritonClient#isReady()}. */
  public CompletableFuture<Boolean> isReady() {
    return send(Calls.ready());
  }

  /** See {@link TritonClient#isModelReady}. */
  public CompletableFuture<Boolean> isModelReady(ModelRef model) {
    return send(Calls.modelReady(model));
  }

  /** See {@link TritonClient#serverMetadata()}. */
  public CompletableFuture<ServerMetadata> serverMetadata() {
    return send(Calls.serverMetadata());
  }

  /** See {@link TritonClient#modelMetadata}. */
  public CompletableFuture<ModelMetadata> modelMetadata(ModelRef model) {
    return send(Calls.modelMetadata(model));
  }

  /** See {@link TritonClient#modelConfig}. */
  public CompletableFuture<ModelConfig> modelConfig(ModelRef model) {
    return send(Calls.modelConfig(model));
  }

  /** See {@link TritonClient#statistics()}. */
  public CompletableFuture<List<ModelStatistics>> statistics() {
    return send(Calls.statistics());
  }

  /** See {@link TritonClient#statistics(ModelRef)}. */
  public CompletableFuture<List<ModelStatistics>> statistics(ModelRef model) {
    return send(Calls.statistics(model));
  }

  /** See {@link TritonClient#repositoryIndex()}. */
  public CompletableFuture<List<IndexEntry>> repositoryIndex() {
    return send(Calls.index());
  }

  /** See {@link TritonClient#readyModels()}. */
  public CompletableFuture<List<IndexEntry>> readyModels() {
    return send(Calls.readyIndex());
  }

  /** See {@link TritonClient#loadModel(String)}. */
  public CompletableFuture<Void> loadModel(String name) {
    return control(Calls.load(name));
  }

  /** See {@link TritonClient#loadModel(String, LoadOverrides)}. */
  public CompletableFuture<Void> loadModel(String name, LoadOverrides overrides) {
    return control(Calls.load(name, overrides));
  }

  /** See {@link TritonClient#unloadModel}. */
  public CompletableFuture<Void> unloadModel(String name) {
    return control(Calls.unload(name));
  }

  /** See {@link TritonClient#unloadModelWithDependents}. */
  public CompletableFuture<Void> unloadModelWithDependents(String name) {
    return control(Calls.unloadWithDependents(name));
  }

  /** See {@link TritonClient#infer}. */
  public CompletableFuture<InferResult> infer(InferRequest request) {
    return send(InferEncoder.call(request, maxResultBytes));
  }

  /** Which of several servers a load reached would depend on which of them failed before. */
  private CompletableFuture<Void> control(Call<Void> call) {
    if (transport.endpoints().count() > 1) {
      throw TritonException.invalid(
          "Loading and unloading concern one server; build a client for each.", call.path());
    }
    return send(call);
  }

  private <T> CompletableFuture<T> send(Call<T> call) {
    return transport.send(call, timeout);
  }
}
