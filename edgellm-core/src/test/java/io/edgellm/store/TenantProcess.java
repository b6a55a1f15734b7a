package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.model.ModelId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link StoreTenant} in a process of its own, which is started before it is let in. */
final class TenantProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private TenantProcess(Process process) {
    this.process = process;
    this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  static TenantProcess start(
      Path root, Path shelf, long seed, StoreTenant.Habit habit, List<ModelId> models)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx64m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(StoreTenant.class.getName());
    command.addAll(List.of(root.toString(), shelf.toString(), "" + seed, habit.name()));
    models.forEach(model -> command.add(model.value()));
    return new TenantProcess(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
  }

  /** Lets it in, as soon as it stands before the door. */
  void letIn() throws IOException {
    String line = output.readLine();
    if (!"ready".equals(line)) {
      throw new IOException("The tenant says '" + line + "' instead of 'ready'.");
    }
    OutputStream door = process.getOutputStream();
    door.write('\n');
    door.flush();
  }

  /** Returns the next thing that it says, null when it will never say anything more. */
  @Nullable String listen() throws IOException {
    return output.readLine();
  }

  /** Ends it with SIGKILL. What it has said can still be heard. */
  void kill() throws IOException {
    // By its handle, since the process itself would close the pipe with what it still holds.
    process.toHandle().destroyForcibly();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new IOException("The tenant outlives its killing.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    process.toHandle().destroyForcibly();
    output.close();
  }
}
