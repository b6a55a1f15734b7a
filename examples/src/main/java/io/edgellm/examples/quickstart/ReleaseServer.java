package io.edgellm.examples.quickstart;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serves the publisher's directory on loopback, ranges included: any web server could do it. */
final class ReleaseServer implements AutoCloseable {
  private static final Pattern FROM = Pattern.compile("bytes=(\\d{1,18})-");

  private final HttpServer server;
  private final ExecutorService executor;
  private volatile Path root;
  private final AtomicLong sentBytes = new AtomicLong();

  /** Begins to serve on a free port. */
  ReleaseServer(Path root) throws IOException {
    this.root = root.toRealPath();
    this.executor = Executors.newFixedThreadPool(2, r -> new Thread(r, "release-server"));
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Serves another directory from now on. */
  void serve(Path directory) throws IOException {
    root = directory.toRealPath();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  /** Returns how many bytes of files have left the server. */
  long sentBytes() {
    return sentBytes.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Path root = this.root;
      Path file = root.resolve(exchange.getRequestURI().getPath().substring(1)).normalize();
      if (!file.startsWith(root) || !Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      send(exchange, file);
    }
  }

  private void send(HttpExchange exchange, Path file) throws IOException {
    long size = Files.size(file);
    String range = exchange.getRequestHeaders().getFirst("Range");
    Matcher from = FROM.matcher(range == null ? "" : range);
    boolean partial = from.matches() && Long.parseLong(from.group(1)) < size;
    long offset = partial ? Long.parseLong(from.group(1)) : 0;
    if (partial) {
      exchange
          .getResponseHeaders()
          .add("Content-Range", "bytes " + offset + "-" + (size - 1) + "/" + size);
    }
    // A length of 0 would mean chunked, -1 means empty.
    exchange.sendResponseHeaders(partial ? 206 : 200, size == 0 ? -1 : size - offset);
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = exchange.getResponseBody()) {
      in.skipNBytes(offset);
      sentBytes.addAndGet(in.transferTo(out));
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
