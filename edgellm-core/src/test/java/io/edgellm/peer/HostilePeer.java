package io.edgellm.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.edgellm.model.Artifact;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.BitSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer that says it has everything, and then does something else. */
final class HostilePeer implements AutoCloseable {
  /** What it does. */
  enum Manner {
    WRONG_BYTES,
    SHORT_BODY,
    ENDLESS_BODY,
    STALL_IN_BODY,
    STALL_BEFORE_HEAD,
    DRIP,
    REDIRECT,
    GZIP,
    WHOLE_FILE,
    OTHER_RANGE,
    NO_HTTP,
    ENDLESS_HEAD,
    DENY,
    BUSY,
    HUGE_MAP,
    SHORT_MAP,
    ENDLESS_MAP,
    MAP_OF_ANOTHER_FILE
  }

  private final ServerSocket server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicInteger chunkRequests = new AtomicInteger();
  private final AtomicInteger mapRequests = new AtomicInteger();
  private final Manner manner;
  private final Artifact file;
  private final NodeId id = NodeId.random(new Random(99));

  HostilePeer(Manner manner, Artifact file) throws IOException {
    this.manner = manner;
    this.file = file;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    executor.execute(this::accept);
  }

  Peer peer() {
    return Peer.device("127.0.0.1:" + server.getLocalPort());
  }

  int chunkRequests() {
    return chunkRequests.get();
  }

  int mapRequests() {
    return mapRequests.get();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        executor.execute(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      for (String first = in.readLine(); first != null; first = in.readLine()) {
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          // The head.
        }
        if (first.contains("/have ")) {
          mapRequests.incrementAndGet();
          map(socket.getOutputStream());
        } else {
          chunkRequests.incrementAndGet();
          chunk(socket.getOutputStream());
          return;
        }
      }
    } catch (IOException e) {
      // The other side had enough.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void map(OutputStream out) throws IOException {
    int chunks = file.chunks().size();
    BitSet all = new BitSet();
    all.set(0, chunks);
    byte[] map = new ChunkMap(id, chunks, true, false, all, new BitSet()).encode();
    switch (manner) {
      case HUGE_MAP -> head(out, "200 OK", 1 << 30, "");
      case SHORT_MAP -> head(out, "200 OK", 10, "");
      case MAP_OF_ANOTHER_FILE -> {
        byte[] other = new ChunkMap(id, 9000, true, false, all, new BitSet()).encode();
        head(out, "200 OK", other.length, "");
        out.write(other);
      }
      case ENDLESS_MAP -> {
        out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
        endless(out);
      }
      default -> {
        head(out, "200 OK", map.length, "");
        out.write(map);
      }
    }
    if (manner == Manner.HUGE_MAP || manner == Manner.SHORT_MAP) {
      out.write(map, 0, 10);
    }
    out.flush();
  }

  private void chunk(OutputStream out) throws IOException, InterruptedException {
    int length = (int) Math.min(file.sizeBytes(), Artifact.CHUNK_BYTES);
    String range = "Content-Range: bytes 0-" + (length - 1) + "/" + file.sizeBytes() + "\r\n";
    switch (manner) {
      case WRONG_BYTES -> send(out, length, range, length);
      case SHORT_BODY -> send(out, length, range, length - 1);
      case STALL_IN_BODY -> {
        send(out, length, range, length / 2);
        closing.await();
      }
      case STALL_BEFORE_HEAD -> closing.await();
      case ENDLESS_BODY -> {
        out.write(("HTTP/1.1 206 P\r\n" + range + "\r\n").getBytes(ISO_8859_1));
        endless(out);
      }
      case DRIP -> {
        head(out, "206 P", length, range);
        while (closing.getCount() > 0) {
          out.write(0);
          out.flush();
          Thread.onSpinWait();
        }
      }
      case REDIRECT -> head(out, "302 Found", 0, "Location: http://127.0.0.1:1/\r\n");
      case GZIP -> send(out, length, range + "Content-Encoding: gzip\r\n", length);
      case WHOLE_FILE -> {
        head(out, "200 OK", 1L << 40, "");
        endless(out);
      }
      case OTHER_RANGE -> send(out, length, "Content-Range: bytes 7-8/9\r\n", length);
      case NO_HTTP -> out.write("SSH-2.0-OpenSSH\r\n\r\n".getBytes(ISO_8859_1));
      case ENDLESS_HEAD -> {
        out.write("HTTP/1.1 206 P\r\n".getBytes(ISO_8859_1));
        while (true) {
          out.write("X-Header: and so on\r\n".getBytes(ISO_8859_1));
        }
      }
      case DENY -> head(out, "404 N", 0, "");
      case BUSY -> head(out, "503 S", 0, "Retry-After: 9999\r\n");
      default -> throw new IOException("nobody asks for a chunk after such a map");
    }
  }

  private static void send(OutputStream out, int length, String headers, int sent)
      throws IOException {
    head(out, "206 P", length, headers);
    out.write(new byte[sent]);
    out.flush();
  }

  private static void head(OutputStream out, String status, long length, String headers)
      throws IOException {
    String head =
        "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + length + "\r\n\r\n";
    out.write(head.getBytes(ISO_8859_1));
    out.flush();
  }

  private static void endless(OutputStream out) throws IOException {
    byte[] piece = new byte[1 << 16];
    while (true) {
      out.write(piece);
    }
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    executor.shutdownNow();
  }
}
