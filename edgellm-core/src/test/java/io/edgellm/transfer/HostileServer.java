package io.edgellm.transfer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves a directory with ranges, except where an attacker answers. */
final class HostileServer implements AutoCloseable {
  private static final byte[] NONSENSE = new byte[1 << 16];

  /** What somebody answers in place of the file. */
  interface Answer {
    void send(HttpExchange exchange, byte[] file, int from) throws IOException;
  }

  /**
   * What was asked for.
   *
   * @param path the path, without the first slash
   * @param from the first byte of the range
   */
  record Request(String path, int from) {}

  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private volatile Path root;

  HostileServer(Path root) throws IOException {
    this.root = root;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(executor);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  /** Serves another directory from now on. */
  void serve(Path directory) {
    root = directory;
  }

  /** Answers in place of every file whose path ends like this. */
  void answer(String ending, Answer answer) {
    answers.put(ending, answer);
  }

  void answer(String ending, byte[] bytes) {
    answer(ending, (exchange, file, from) -> whole(exchange, bytes));
  }

  /** Leaves the files as they are from now on. */
  void behave() {
    answers.clear();
  }

  /** Returns what was asked for since the last time, and forgets it. */
  List<Request> requests() {
    List<Request> seen = List.copyOf(requests);
    requests.clear();
    return seen;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(1);
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1"));
    requests.add(new Request(path, from));
    Path file = root.resolve(path);
    byte[] bytes = Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
    Answer answer =
        answers.entrySet().stream()
            .filter(e -> path.endsWith(e.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(bytes == null ? HostileServer::missing : HostileServer::rest);
    try (exchange) {
      answer.send(exchange, bytes == null ? new byte[0] : bytes, from);
    } catch (IOException e) {
      // Who is attacked hangs up.
    }
  }

  static void missing(HttpExchange exchange, byte[] file, int from) throws IOException {
    exchange.sendResponseHeaders(404, -1);
  }

  static void rest(HttpExchange exchange, byte[] file, int from) throws IOException {
    head(exchange, file.length, from);
    exchange.getResponseBody().write(file, from, file.length - from);
  }

  /** Sends the file and never ends. */
  static void endless(HttpExchange exchange, byte[] file, int from) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.write(file);
    while (true) {
      out.write(NONSENSE);
    }
  }

  /** Sends all but the last byte, and then nothing, with the connection open. */
  void stall(HttpExchange exchange, byte[] file, int from) throws IOException {
    head(exchange, file.length, from);
    exchange.getResponseBody().write(file, from, file.length - from - 1);
    exchange.getResponseBody().flush();
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void whole(HttpExchange exchange, byte[] bytes) throws IOException {
    exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static void head(HttpExchange exchange, int length, int from) throws IOException {
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .add("Content-Range", "bytes " + from + "-" + (length - 1) + "/" + length);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, length - from);
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    executor.shutdownNow();
  }
}
