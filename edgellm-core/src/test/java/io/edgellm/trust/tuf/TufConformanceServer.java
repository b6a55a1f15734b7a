package io.edgellm.trust.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the commands of the public conformance suite, so that a whole run needs one Java process.
 *
 * <p>A request is a line of JSON with the command line in {@code args}, all paths absolute, and the
 * caller's time in {@code now}, in seconds since 1970. The answer is a line with the exit status,
 * and what the program would write to its standard error.
 */
final class TufConformanceServer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private TufConformanceServer() {}

  /** Serves on a port of the loopback interface until the process is ended. */
  public static void main(String[] args) throws IOException {
    TufConformanceServer server = new TufConformanceServer();
    int port = Integer.parseInt(args[0]);
    try (ServerSocket listening = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
      System.out.println("Listening on port " + listening.getLocalPort());
      while (true) {
        try (Socket caller = listening.accept()) {
          server.answer(caller);
        }
      }
    }
  }

  private void answer(Socket caller) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.UTF_8));
    String line = in.readLine();
    String reply = line == null ? "" : run(JSON.readTree(line));
    caller.getOutputStream().write(reply.getBytes(StandardCharsets.UTF_8));
  }

  private String run(JsonNode request) throws IOException {
    List<String> args = new ArrayList<>();
    request.get("args").forEach(arg -> args.add(arg.textValue()));
    Instant now = Instant.ofEpochSecond(request.get("now").longValue());
    InstantSource clock = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), now));
    try {
      new TufConformanceClient(args, http, clock).run();
      return "0\n";
    } catch (TufException e) {
      return "1\n" + e.reason() + ": " + e.getMessage() + "\n";
    }
  }
}
