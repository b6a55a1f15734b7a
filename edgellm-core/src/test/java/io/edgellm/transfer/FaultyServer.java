package io.edgellm.transfer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server of one blob on loopback that misbehaves once per planned fault, in order, and behaves
 * afterwards.
 */
final class FaultyServer implements AutoCloseable {
  /** What goes wrong with one request. */
  enum Fault {
    NONE,
    /** The body ends in the middle, and the connection with it. */
    CUT,
    /** The body stops in the middle, and the connection stays. */
    STALL,
    /** A bit in the middle is wrong. */
    CORRUPT,
    /** The range is ignored: 200 with everything. */
    NO_RANGES,
    /** 206 with another range than the one asked for. */
    WRONG_RANGE,
    /** 503. */
    UNAVAILABLE,
    /** 404. */
    NOT_FOUND,
    /** A redirect to somewhere else. */
    REDIRECT,
    /** An encoding nobody asked for. */
    GZIP
  }

  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final byte[] blob;
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final List<Long> offsets = Collections.synchronizedList(new ArrayList<>());

  FaultyServer(byte[] blob, Fault... faults) throws IOException {
    this.blob = blob;
    this.faults.addAll(List.of(faults));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(executor);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  /** The offset that each request asked for. */
  List<Long> offsets() {
    return List.copyOf(offsets);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    long offset = range == null ? 0 : Long.parseLong(range.replaceAll("\\D", ""));
    offsets.add(offset);
    Fault fault;
    synchronized (faults) {
      fault = faults.isEmpty() ? Fault.NONE : faults.removeFirst();
    }
    switch (fault) {
      case UNAVAILABLE -> exchange.sendResponseHeaders(503, -1);
      case NOT_FOUND -> exchange.sendResponseHeaders(404, -1);
      case REDIRECT -> {
        exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/elsewhere");
        exchange.sendResponseHeaders(302, -1);
      }
      case GZIP -> {
        exchange.getResponseHeaders().add("Content-Encoding", "gzip");
        send(exchange, 200, 0, fault);
      }
      case NO_RANGES -> send(exchange, 200, 0, fault);
      case WRONG_RANGE -> send(exchange, 206, 0, fault);
      default -> send(exchange, range == null ? 200 : 206, offset, fault);
    }
    exchange.close();
  }

  private void send(HttpExchange exchange, int status, long offset, Fault fault)
      throws IOException {
    int from = (int) offset;
    int length = blob.length - from;
    if (status == 206) {
      exchange
          .getResponseHeaders()
          .add("Content-Range", "bytes " + from + "-" + (blob.length - 1) + "/" + blob.length);
    }
    exchange.sendResponseHeaders(status, length);
    var out = exchange.getResponseBody();
    byte[] sent = blob.clone();
    if (fault == Fault.CORRUPT) {
      sent[from + length / 2] ^= 1;
    }
    boolean half = fault == Fault.CUT || fault == Fault.STALL;
    out.write(sent, from, half ? length / 2 : length);
    out.flush();
    if (fault == Fault.STALL) {
      try {
        closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    executor.shutdownNow();
  }
}
