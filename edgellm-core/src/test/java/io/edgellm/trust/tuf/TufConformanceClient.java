package io.edgellm.trust.tuf;

import io.edgellm.transfer.HttpArtifactSource;
import io.edgellm.transfer.SourceTufRepository;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A command of the client under test of the public <a
 * href="https://github.com/theupdateframework/tuf-conformance">conformance suite</a>: {@code init},
 * {@code refresh} or {@code download}.
 */
final class TufConformanceClient {
  private static final String PINNED = "pinned-root";
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final HttpClient http;
  private final InstantSource clock;
  private String metadataDir = "";
  private String metadataUrl = "";
  private String targetUrl = "";
  private String targetDir = "";
  private final List<String> targetNames = new ArrayList<>();
  private final List<String> command = new ArrayList<>();

  TufConformanceClient(List<String> args, HttpClient http, InstantSource clock) {
    this.http = http;
    this.clock = clock;
    Iterator<String> rest = args.iterator();
    while (rest.hasNext()) {
      String arg = rest.next();
      switch (arg) {
        case "--metadata-dir" -> metadataDir = rest.next();
        case "--metadata-url" -> metadataUrl = rest.next();
        case "--target-name" -> targetNames.add(rest.next());
        case "--target-base-url" -> targetUrl = rest.next();
        case "--target-dir" -> targetDir = rest.next();
        default -> command.add(arg);
      }
    }
  }

  /**
   * Runs the command.
   *
   * @throws TufException if the program would end with status 1
   */
  void run() throws IOException {
    switch (command.get(0)) {
      case "init" -> init(Path.of(command.get(1)));
      case "refresh" -> client().refresh();
      case "download" -> download();
      default -> throw new IllegalArgumentException("unknown command " + command);
    }
  }

  private void init(Path root) throws IOException {
    Files.copy(root, Path.of(metadataDir, PINNED));
    Files.copy(root, Path.of(metadataDir, "root.json"));
  }

  private void download() throws IOException {
    TufClient client = client();
    client.refresh();
    for (String name : targetNames) {
      TufTarget target =
          client
              .findTarget(name)
              .orElseThrow(
                  () -> new TufException(TufException.Reason.NOT_FOUND, "No such target.", name));
      String fileName = URLEncoder.encode(name, StandardCharsets.UTF_8);
      client.download(target, Path.of(targetDir).resolve(fileName));
    }
  }

  /** The suite names two addresses; both must be where a source has them. */
  private URI root() {
    String root = withSlash(metadataUrl).replaceFirst(SourceTufRepository.METADATA + "$", "");
    boolean fits =
        withSlash(metadataUrl).equals(root + SourceTufRepository.METADATA)
            && (targetUrl.isEmpty()
                || withSlash(targetUrl).equals(root + SourceTufRepository.TARGETS));
    if (!fits) {
      throw new IllegalArgumentException("not in one place: " + metadataUrl + ", " + targetUrl);
    }
    return URI.create(root);
  }

  private static String withSlash(String address) {
    return address.endsWith("/") ? address : address + "/";
  }

  private TufClient client() throws IOException {
    return new TufClient(
        Files.readAllBytes(Path.of(metadataDir, PINNED)),
        new SourceTufRepository(new HttpArtifactSource(root(), http, TIMEOUT)),
        TufStore.at(Path.of(metadataDir)),
        TufLimits.defaults(),
        clock);
  }
}
