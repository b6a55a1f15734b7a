package io.edgellm.transfer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
    /** 429, and not for the next century. */
    BUSY,
    /** The connection lives, and no answer comes. */
    SILENT,
    /** The file ends half a chunk too early, and the server believes that this is all. */
    TOO_SHORT,
    /** The file goes on for another chunk. */
    TOO_LONG,
    /** 416: the file here is shorter than the offset. */
    NO_SUCH_RANGE,
    /** 404. */
    NOT_FOUND,
    /** 403. */
    FORBIDDEN,
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
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

  private final AtomicLong servedBytes = new AtomicLong();
  private final List<Long> ends = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> offsets = Collections.synchronizedList(new ArrayList<>());

  private final List<String> paths = Collections.synchronizedList(new ArrayList<>());

  FaultyServer(byte[] blob, Fault... faults) throws IOException {
    this(InetAddress.getLoopbackAddress(), blob, faults);
  }

  FaultyServer(InetAddress address, byte[] blob, Fault... faults) throws IOException {
    this.blob = blob;
    this.faults.addAll(List.of(faults));
    server = HttpServer.create(new InetSocketAddress(address, 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(executor);
    server.start();
  }

  URI uri() {
    InetAddress address = server.getAddress().getAddress();
    String host = address instanceof Inet6Address ? "[::1]" : address.getHostAddress();
    return URI.create("http://" + host + ":" + server.getAddress().getPort() + "/");
  }

  /** The offset that each request asked for. */
  List<Long> offsets() {
    return List.copyOf(offsets);
  }

  /** The byte behind the last one that each request asked for. */
  List<Long> ends() {
    return List.copyOf(ends);
  }

  /** How many bytes of files went out. */
  long servedBytes() {
    return servedBytes.get();
  }

  /** The path of each request, as it was sent. */
  List<String> paths() {
    return List.copyOf(paths);
  }

  private void handle(HttpExchange exchange) throws IOException {
    paths.add(exchange.getRequestURI().getRawPath());
    String range = exchange.getRequestHeaders().getFirst("Range");
    Matcher bounds = RANGE.matcher(range == null ? "bytes=0-" : range);
    if (!bounds.matches()) {
      throw new IOException("not a range: " + range);
    }
    long offset = Long.parseLong(bounds.group(1));
    long end = bounds.group(2).isEmpty() ? blob.length : Long.parseLong(bounds.group(2)) + 1;
    offsets.add(offset);
    ends.add(end);
    Fault fault;
    synchronized (faults) {
      fault = faults.isEmpty() ? Fault.NONE : faults.removeFirst();
    }
    switch (fault) {
      case UNAVAILABLE -> exchange.sendResponseHeaders(503, -1);
      case NOT_FOUND -> exchange.sendResponseHeaders(404, -1);
      case FORBIDDEN -> exchange.sendResponseHeaders(403, -1);
      case REDIRECT -> {
        exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/elsewhere");
        exchange.sendResponseHeaders(302, -1);
      }
      case GZIP -> {
        exchange.getResponseHeaders().add("Content-Encoding", "gzip");
        send(exchange, 200, 0, end, blob, fault);
      }
      case BUSY -> {
        exchange.getResponseHeaders().add("Retry-After", "999999999");
        exchange.sendResponseHeaders(429, -1);
      }
      case NO_SUCH_RANGE -> exchange.sendResponseHeaders(416, -1);
      case SILENT -> awaitClosing();
      case TOO_SHORT ->
          send(
              exchange, status(range), offset, end, Arrays.copyOf(blob, blob.length - 1000), fault);
      case TOO_LONG ->
          send(
              exchange,
              status(range),
              offset,
              end == blob.length ? end + 1000 : end,
              Arrays.copyOf(blob, blob.length + 1000),
              fault);
      case NO_RANGES -> send(exchange, 200, 0, end, blob, fault);
      case WRONG_RANGE -> send(exchange, 206, 0, end, blob, fault);
      default -> send(exchange, status(range), offset, end, blob, fault);
    }
    exchange.close();
  }

  private static int status(@Nullable String range) {
    return range == null ? 200 : 206;
  }

  private void awaitClosing() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(
      HttpExchange exchange, int status, long offset, long asked, byte[] file, Fault fault)
      throws IOException {
    int from = (int) offset;
    int end = status == 200 ? file.length : (int) Math.min(asked, file.length);
    int length = end - from;
    if (status == 206) {
      exchange
          .getResponseHeaders()
          .add("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + file.length);
    }
    exchange.sendResponseHeaders(status, length);
    var out = exchange.getResponseBody();
    byte[] sent = file.clone();
    if (fault == Fault.CORRUPT) {
      sent[from + length / 2] ^= 1;
    }
    boolean half = fault == Fault.CUT || fault == Fault.STALL;
    int sending = half ? length / 2 : length;
    // Counted first: whoever has the last byte looks at the count.
    servedBytes.addAndGet(sending);
    out.write(sent, from, sending);
    out.flush();
    if (fault == Fault.STALL) {
      awaitClosing();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    executor.shutdownNow();
  }
}
