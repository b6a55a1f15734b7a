package io.edgellm.triton;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * A server on loopback that reads one request from each connection and then writes whatever bytes
 * its script says, well-formed or not. The n-th connection runs the n-th script, later ones the
 * last.
 */
final class ScriptedServer implements AutoCloseable {
  private final ServerSocket listener;
  private final List<Script> scripts;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> peers = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  interface Script {
    void answer(Socket peer) throws IOException;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  record Request(String method, String path, Map<String, String> headers, byte[] body) {}

  ScriptedServer(Script... scripts) {
    this.scripts = List.of(scripts);
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  static Script raw(byte[] bytes) {
    return peer -> peer.getOutputStream().write(bytes);
  }

  static Script raw(String text) {
    return raw(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static Script answer(int status, String contentType, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 %d Said\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            .formatted(status, contentType, bytes.length);
    return peer -> {
      peer.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      peer.getOutputStream().write(bytes);
    };
  }

  static Script json(int status, String body) {
    return answer(status, "application/json", body);
  }

  /** Writes the text, then nothing; completes the future when the client has gone. */
  static Script stallAfter(String text, CompletableFuture<Void> clientGone) {
    return peer -> {
      raw(text).answer(peer);
      try {
        if (peer.getInputStream().read() < 0) {
          clientGone.complete(null);
        }
      } catch (IOException reset) {
        clientGone.complete(null);
      }
    };
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  List<Request> requests() {
    return requests;
  }

  private void accept() {
    for (int connection = 0; ; connection++) {
      Script script = scripts.get(Math.min(connection, scripts.size() - 1));
      try {
        Socket peer = listener.accept();
        peers.add(peer);
        threads.execute(() -> serve(peer, script));
      } catch (IOException | RejectedExecutionException closed) {
        return;
      }
    }
  }

  private void serve(Socket peer, Script script) {
    try (peer) {
      requests.add(read(peer.getInputStream()));
      script.answer(peer);
    } catch (IOException clientGone) {
      return;
    }
  }

  private static Request read(InputStream socket) throws IOException {
    InputStream in = new BufferedInputStream(socket);
    String[] start = line(in).split(" ", -1);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Request(start[0], start[1], headers, in.readNBytes(length));
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the client left within a request");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket peer : peers) {
      peer.close();
    }
    threads.shutdownNow();
  }
}
