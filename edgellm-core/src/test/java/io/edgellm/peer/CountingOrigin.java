package io.edgellm.peer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.edgellm.transfer.BlobDownload;
import io.edgellm.transfer.HttpArtifactSource;
import io.edgellm.transfer.TransferOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The origin beyond the line that a site pays for: counts what crosses it. */
final class CountingOrigin implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 16;

  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final Semaphore line = new Semaphore(1);
  private final byte[] blob;
  private final long bytesPerSecond;
  private final AtomicLong sentBytes = new AtomicLong();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile boolean down;

  /**
   * @param bytesPerSecond of the line, which all requests share
   */
  CountingOrigin(byte[] blob, long bytesPerSecond) throws IOException {
    this.blob = blob;
    this.bytesPerSecond = bytesPerSecond;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(executor);
    server.start();
  }

  long sentBytes() {
    return sentBytes.get();
  }

  /** How many copies of the file have crossed the line. */
  double copies() {
    return (double) sentBytes() / blob.length;
  }

  int requests() {
    return requests.get();
  }

  void fail() {
    down = true;
  }

  /** Returns a download from here that does not try for long. */
  OriginFetcher fetcher(HttpClient client) {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    HttpArtifactSource source = new HttpArtifactSource(uri, client, Duration.ofSeconds(10));
    TransferOptions options =
        TransferOptions.defaults()
            .withAttempts(2)
            .withPauses(Duration.ofMillis(1), Duration.ofMillis(2));
    return new BlobDownload(source, options, new Random(1))::fetch;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.incrementAndGet();
      if (down) {
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      String range = exchange.getRequestHeaders().getFirst("Range");
      ByteSpan span = ByteSpan.parse(range == null ? "bytes=0-" : range, blob.length).orElseThrow();
      exchange
          .getResponseHeaders()
          .add(
              "Content-Range",
              "bytes " + span.fromBytes() + "-" + (span.toBytes() - 1) + "/" + blob.length);
      exchange.sendResponseHeaders(range == null ? 200 : 206, span.lengthBytes());
      send(exchange.getResponseBody(), span);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(OutputStream out, ByteSpan span) throws IOException, InterruptedException {
    for (int at = (int) span.fromBytes(); at < span.toBytes(); at += PIECE_BYTES) {
      int length = (int) Math.min(PIECE_BYTES, span.toBytes() - at);
      line.acquire();
      try {
        TimeUnit.NANOSECONDS.sleep(length * 1_000_000_000L / bytesPerSecond);
      } finally {
        line.release();
      }
      // Counted first: whoever has the last byte may look at once.
      sentBytes.addAndGet(length);
      out.write(blob, at, length);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
