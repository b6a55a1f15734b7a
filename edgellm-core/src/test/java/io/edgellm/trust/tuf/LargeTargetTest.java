package io.edgellm.trust.tuf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A target that fits neither into an {@code int} nor into the memory of the device. */
class LargeTargetTest {
  private static final String PATH = "models/large";
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int BLOCKS = 2049;
  private static final int BLOCKS_BEFORE_THE_CUT = 1229;
  private static final long LENGTH_BYTES = (long) BLOCKS * BLOCK_BYTES;
  private static final long NEEDED_BYTES = 3L << 30;

  @TempDir Path dir;
  private final byte[] block = new byte[BLOCK_BYTES];
  private final TestRepository repository = new TestRepository();
  private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());

  LargeTargetTest() {
    new SplittableRandom(2049).nextBytes(block);
  }

  @Test
  void streamsTwoGibibytesInAHeapOf64MebibytesAndGoesOnAfterACut() throws Exception {
    long free = Files.getFileStore(dir).getUsableSpace();
    assumeTrue(free >= NEEDED_BYTES, () -> "needs 3 GiB below " + dir + ", has " + (free >> 30));
    publish();
    Files.write(dir.resolve("pinned-root"), repository.file("1.root.json"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/metadata/", this::sendMetadata);
    server.createContext("/targets/", this::sendTarget);
    server.start();
    String output;
    try {
      output = run("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    } finally {
      server.stop(0);
    }

    long cut = (long) BLOCKS_BEFORE_THE_CUT * BLOCK_BYTES;
    assertThat(output).contains("UNAVAILABLE at ").contains("complete, heap of 6");
    assertThat(ranges).hasSize(2).element(0).isEqualTo("from the beginning");
    assertThat(Long.parseLong(ranges.get(1).replaceAll("\\D", ""))).isBetween(cut - (8 << 20), cut);
    assertThat(Files.size(dir.resolve("here"))).isEqualTo(LENGTH_BYTES);
    assertThat(dir.resolve("here.part")).doesNotExist();
  }

  private void publish() {
    MessageDigest digest = Sha256.newDigest();
    for (int i = 0; i < BLOCKS; i++) {
      digest.update(block);
    }
    ObjectNode target = repository.signed("targets").withObject("targets").putObject(PATH);
    target.put("length", LENGTH_BYTES);
    target.putObject("hashes").put("sha256", HexFormat.of().formatHex(digest.digest()));
    repository.publishAll();
  }

  private String run(String address) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LargeTargetProcess.class.getName(),
                address,
                dir.toString(),
                PATH)
            .redirectErrorStream(true)
            .start();
    try (InputStream out = process.getInputStream()) {
      String output = new String(out.readAllBytes(), UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }

  private void sendMetadata(HttpExchange exchange) throws IOException {
    try (exchange) {
      String name = exchange.getRequestURI().getPath().substring("/metadata/".length());
      byte[] bytes = repository.metadata.get(name);
      exchange.sendResponseHeaders(bytes == null ? 404 : 200, bytes == null ? -1 : bytes.length);
      if (bytes != null) {
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  private void sendTarget(HttpExchange exchange) throws IOException {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      ranges.add(range == null ? "from the beginning" : range);
      if (range == null) {
        exchange.sendResponseHeaders(200, LENGTH_BYTES);
        send(exchange.getResponseBody(), 0, (long) BLOCKS_BEFORE_THE_CUT * BLOCK_BYTES);
        return;
      }
      long from = Long.parseLong(range.replaceAll("\\D", ""));
      String sent = "bytes " + from + "-" + (LENGTH_BYTES - 1) + "/" + LENGTH_BYTES;
      exchange.getResponseHeaders().add("Content-Range", sent);
      exchange.sendResponseHeaders(206, LENGTH_BYTES - from);
      send(exchange.getResponseBody(), from, LENGTH_BYTES);
    }
  }

  private void send(OutputStream out, long from, long to) throws IOException {
    long position = from;
    while (position < to) {
      int offset = (int) (position % BLOCK_BYTES);
      int length = (int) Math.min(BLOCK_BYTES - offset, to - position);
      out.write(block, offset, length);
      position += length;
    }
  }
}
