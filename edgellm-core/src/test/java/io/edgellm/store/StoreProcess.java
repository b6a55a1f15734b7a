package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.ModelVerifier;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another process that works on a store until it is killed. */
final class StoreProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private StoreProcess(Process process) {
    this.process = process;
    this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  static StoreProcess start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(StoreProcess.class.getName());
    command.addAll(List.of(arguments));
    return new StoreProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  @Nullable String readLine() throws IOException {
    return output.readLine();
  }

  /** Kills it, and waits until it is gone. */
  void kill() throws IOException {
    // By its handle, since the process itself would close the pipe with what it still holds.
    process.toHandle().destroyForcibly();
    while (output.readLine() != null) {}
  }

  @Override
  public void close() throws IOException {
    process.toHandle().destroyForcibly();
    output.close();
  }

  /** Arguments: what to do, the root of the store, and what that needs. */
  public static void main(String[] args) throws IOException {
    System.out.println(take(args[0], Path.of(args[1]), args) == null ? "nothing" : "ready");
    System.in.read();
  }

  private static AutoCloseable take(String what, Path root, String[] args) throws IOException {
    return switch (what) {
      case "lock" ->
          ProcessLocks.open(root.resolve(".edgellm/locks"))
              .tryExclusive(StoreLayout.storeLock())
              .orElseThrow();
      case "lease" -> open(root).lease(TestRelease.MODEL, ModelVersion.parse(args[2]));
      case "remove" -> remove(open(root), ModelVersion.parse(args[2]));
      case "fetch" -> open(root).openPartial(firstFile(Path.of(args[2]))).orElseThrow();
      case "install" -> installAll(open(root), new ReleaseShelf(Path.of(args[2])));
      default -> throw new IllegalArgumentException(what);
    };
  }

  private static AutoCloseable remove(ModelStore store, ModelVersion version) {
    try {
      store.remove(TestRelease.MODEL, version);
      System.out.println("removed");
    } catch (StoreException e) {
      System.out.println(e.reason());
    }
    return store;
  }

  private static Artifact firstFile(Path manifest) throws IOException {
    return ReleaseManifest.fromJson(Files.readAllBytes(manifest)).files().get(0);
  }

  private static ModelStore open(Path root) {
    return ModelStore.open(root, StoreOptions.defaults().withReserveBytes(0));
  }

  /** Installs every release of a shelf that somebody else has not; says what came of each. */
  private static AutoCloseable installAll(ModelStore store, ReleaseShelf shelf) throws IOException {
    ModelVerifier verifier = shelf.verifier();
    for (TestRelease release : shelf.of(TestRelease.MODEL)) {
      System.out.println(release.version() + " " + install(store, release, verifier));
    }
    return store;
  }

  private static String install(ModelStore store, TestRelease release, ModelVerifier verifier)
      throws IOException {
    while (true) {
      try {
        release.installInto(store, verifier);
        return "installed";
      } catch (StoreException e) {
        if (e.reason() != StoreException.Reason.BUSY) {
          return e.reason().name();
        }
      }
    }
  }
}
