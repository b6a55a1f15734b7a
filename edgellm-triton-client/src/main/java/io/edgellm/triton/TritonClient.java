package io.edgellm.triton;

import io.edgellm.triton.TritonException.Reason;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A client for Triton Inference Server and other servers of the Open Inference Protocol v2, over
 * HTTP/1.1.
 *
 * <p>Every method waits for the server's answer; {@link #async()} has the same calls as futures.
 * Each call has one deadline, the request timeout, over connection, retries and the last byte of
 * the body. Immutable and thread-safe; there is nothing to close.
 *
 * <p>Every method throws a {@link TritonException} if there is no result: the server cannot be
 * reached, refuses or fails, or its answer is not one of the protocol. An interrupt cancels the
 * call and leaves the thread interrupted.
 */
public final class TritonClient {
  private final TritonAsyncClient async;

  TritonClient(TritonAsyncClient async) {
    this.async = async;
  }

  /**
   * Starts a client for one server, or for several equivalent ones: calls go to the first until it
   * cannot be reached or is overloaded, then to the next.
   *
   * @param servers the servers' addresses, {@code http} or {@code https}, with a path if a proxy
   *     serves the protocol below one
   */
  public static TritonClientBuilder builder(URI... servers) {
    return new TritonClientBuilder(List.of(servers));
  }

  /** The same calls as futures. */
  public TritonAsyncClient async() {
    return async;
  }

  /** This client with another request timeout; connections are shared. */
  public TritonClient withRequestTimeout(Duration timeout) {
    return new TritonClient(async.withRequestTimeout(timeout));
  }

  /** Whether the server says that it lives. That nobody answers is an exception, not false. */
  public boolean isLive() {
    return await(async.isLive());
  }

  /**
   * Whether the server says that it is ready. Triton stays unready after one version of any model
   * failed to load; ask {@link #isModelReady} for one model.
   */
  public boolean isReady() {
    return await(async.isReady());
  }

  /** Whether a model answers requests; Triton says false of a model that it does not know, too. */
  public boolean isModelReady(ModelRef model) {
    return await(async.isModelReady(model));
  }

  /** What the server says of itself. */
  public ServerMetadata serverMetadata() {
    return await(async.serverMetadata());
  }

  /** The signature of a model that is ready. */
  public ModelMetadata modelMetadata(ModelRef model) {
    return await(async.modelMetadata(model));
  }

  /** The configuration of a model that is ready. */
  public ModelConfig modelConfig(ModelRef model) {
    return await(async.modelConfig(model));
  }

  /** What every loaded model has done, one element for each version. */
  public List<ModelStatistics> statistics() {
    return await(async.statistics());
  }

  /** What a model has done, one element for each version that is asked for. */
  public List<ModelStatistics> statistics(ModelRef model) {
    return await(async.statistics(model));
  }

  /** All models in the server's repository, loaded or not. */
  public List<IndexEntry> repositoryIndex() {
    return await(async.repositoryIndex());
  }

  /** The models in the server's repository that are ready. */
  public List<IndexEntry> readyModels() {
    return await(async.readyModels());
  }

  /**
   * Loads a model, or loads it again if its files changed. When this returns the server has
   * answered that it did; {@link #repositoryIndex()} and {@link #modelMetadata} say what is now
   * served.
   *
   * @throws TritonException LOAD_FAILED if the model cannot be loaded (what was served before is
   *     still served), NOT_ALLOWED if the server does not take model control, INVALID_REQUEST if
   *     this client has more than one server
   */
  public void loadModel(String name) {
    await(async.loadModel(name));
  }

  /** As {@link #loadModel(String)}, with a configuration and files from the request. */
  public void loadModel(String name, LoadOverrides overrides) {
    await(async.loadModel(name, overrides));
  }

  /**
   * Unloads a model. The server answers at once, and without error for a model that it does not
   * know; requests in flight still run.
   *
   * @throws TritonException as {@link #loadModel(String)}
   */
  public void unloadModel(String name) {
    await(async.unloadModel(name));
  }

  /** As {@link #unloadModel}, with the models that only an ensemble of this name needed. */
  public void unloadModelWithDependents(String name) {
    await(async.unloadModelWithDependents(name));
  }

  /**
   * Runs a model. Inputs and outputs travel as binary tensors; outputs that a server can only send
   * as JSON are read too.
   *
   * @throws TritonException UNSUPPORTED for a decoupled model, which has any number of answers
   */
  public InferResult infer(InferRequest request) {
    return await(async.infer(request));
  }

  private static <T extends @Nullable Object> T await(CompletableFuture<T> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new TritonException(
          Reason.CANCELLED, "The call was interrupted while it waited.", null, 0, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof TritonException known
          ? known.seenByCaller()
          : new TritonException(Reason.PROTOCOL, "The call failed: " + cause, null, 0, cause);
    }
  }
}
