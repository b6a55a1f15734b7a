package io.edgellm.transfer;

import java.net.http.HttpClient;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A client with worker threads of its own, and the end of both. Thread-safe.
 *
 * <p>Before Java 21 a client ends only when nobody can reach it any more: hence it is forgotten
 * here, and whoever reads by it asks for it each time.
 */
final class OwnClient {
  private final AtomicReference<@Nullable HttpClient> client;
  private final ExecutorService workers;

  private OwnClient(HttpClient client, ExecutorService workers) {
    this.client = new AtomicReference<>(client);
    this.workers = workers;
  }

  static OwnClient of(HttpClient.Builder builder) {
    ExecutorService workers = Executors.newCachedThreadPool(OwnClient::worker);
    return new OwnClient(builder.executor(workers).build(), workers);
  }

  private static Thread worker(Runnable work) {
    Thread thread = new Thread(work, "edgellm-http");
    thread.setDaemon(true);
    return thread;
  }

  HttpClient get() {
    HttpClient open = client.get();
    if (open == null) {
      throw new IllegalStateException("This reader was closed: make another one.");
    }
    return open;
  }

  void close() {
    HttpClient open = client.getAndSet(null);
    if (open == null) {
      return;
    }
    try {
      if (open instanceof AutoCloseable closeable) {
        end(closeable);
      }
    } finally {
      workers.shutdown();
    }
  }

  /** A client that is closed waits for bodies that nobody may be reading, unless interrupted. */
  private static void end(AutoCloseable client) {
    boolean interrupted = Thread.interrupted();
    Thread.currentThread().interrupt();
    try {
      client.close();
    } catch (Exception e) {
      throw new IllegalStateException("The HTTP client cannot be closed.", e);
    } finally {
      if (!interrupted) {
        Thread.interrupted();
      }
    }
  }
}
