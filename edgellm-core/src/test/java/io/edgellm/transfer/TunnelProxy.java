package io.edgellm.transfer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy on loopback that tunnels, and knows no other request. */
final class TunnelProxy implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final List<String> targets = Collections.synchronizedList(new ArrayList<>());

  TunnelProxy() throws IOException {
    executor.execute(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Where it was asked to tunnel to. */
  List<String> targets() {
    return List.copyOf(targets);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        executor.execute(() -> tunnel(client));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void tunnel(Socket client) {
    try (client) {
      String target = head(client.getInputStream()).split(" ", -1)[1];
      targets.add(target);
      int colon = target.indexOf(':');
      try (Socket other =
          new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)))) {
        client.getOutputStream().write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(ISO_8859_1));
        executor.execute(() -> copy(client, other));
        copy(other, client);
      }
    } catch (IOException e) {
      // One of the two hung up.
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      head.write(in.read());
    }
    return head.toString(ISO_8859_1);
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One of the two hung up.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    executor.shutdownNow();
  }
}
