package io.edgellm.transfer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server on loopback whose answers a test writes byte by byte, for what no library lets a server
 * say.
 */
final class PlainServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

  /** Says what goes over the line; the connection stays if it returns true. */
  interface Answer {
    boolean write(Request request, Line line) throws IOException;
  }

  /**
   * What was asked.
   *
   * @param number how many requests came before, on all connections
   * @param line the first line
   * @param headers by name, in any case
   */
  record Request(int number, String line, Map<String, String> headers) {
    String target() {
      return line.split(" ", -1)[1];
    }

    long from() {
      Matcher range = RANGE.matcher(headers.getOrDefault("Range", "bytes=0-"));
      return range.matches() ? Long.parseLong(range.group(1)) : 0;
    }

    int end(byte[] file) {
      Matcher range = RANGE.matcher(headers.getOrDefault("Range", "bytes=0-"));
      return range.matches() && !range.group(2).isEmpty()
          ? Integer.parseInt(range.group(2)) + 1
          : file.length;
    }
  }

  /** The way back to whoever asked. */
  final class Line {
    private final OutputStream out;

    private Line(OutputStream out) {
      this.out = out;
    }

    void head(String text) throws IOException {
      out.write((text.replace("\n", "\r\n") + "\r\n\r\n").getBytes(ISO_8859_1));
      out.flush();
    }

    /** Sends the head of a right answer, and a part of its body. */
    void file(Request request, byte[] file, int bodyBytes) throws IOException {
      int from = (int) request.from();
      int end = request.end(file);
      head(
          (request.headers().containsKey("Range")
                  ? "HTTP/1.1 206 Partial\nContent-Range: bytes "
                      + from
                      + "-"
                      + (end - 1)
                      + "/"
                      + file.length
                  : "HTTP/1.1 200 OK")
              + "\nContent-Length: "
              + (end - from));
      body(file, from, Math.min(bodyBytes, end - from));
    }

    void body(byte[] bytes, int from, int length) throws IOException {
      // Counted first: whoever has the last byte looks at the count.
      bodyBytes.addAndGet(length);
      out.write(bytes, from, length);
      out.flush();
    }
  }

  private final ServerSocket server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final Answer answer;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong bodyBytes = new AtomicLong();
  private final List<Request> seen = Collections.synchronizedList(new ArrayList<>());
  private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());

  PlainServer(Answer answer) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
  }

  PlainServer(ServerSocket server, Answer answer) {
    this.server = server;
    this.answer = answer;
    executor.execute(this::accept);
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port() + "/");
  }

  int port() {
    return server.getLocalPort();
  }

  /** What was asked, in order. */
  List<Request> requests() {
    return List.copyOf(seen);
  }

  int connections() {
    return connections.get();
  }

  /** How many bytes of files went out. */
  long bodyBytes() {
    return bodyBytes.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        connections.incrementAndGet();
        executor.execute(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      Line line = new Line(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
      boolean stays = true;
      while (stays) {
        Request request = read(in);
        seen.add(request);
        stays = answer.write(request, line);
      }
      socket.shutdownOutput();
    } catch (IOException e) {
      // Whoever is tested hangs up.
    }
  }

  private Request read(InputStream in) throws IOException {
    String first = line(in);
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return new Request(requests.getAndIncrement(), first, headers);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("hung up");
      }
      line.write(b);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
    executor.shutdownNow();
  }
}
