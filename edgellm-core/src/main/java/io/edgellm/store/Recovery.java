package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Creates a store, or brings one that was left in the middle of something to one side of it.
 *
 * <p>There is little to do: until the rename that publishes or activates, nothing counts, and after
 * it everything is there. What is left are staging directories and trash of processes that died,
 * and whatever is derived from the state files.
 */
final class Recovery {
  private final StoreAccess access;
  private final InstalledVersions installed;
  private final StateFile states;
  private final CurrentLink link;

  private final List<String> repairs = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  Recovery(StoreAccess access, InstalledVersions installed, StateFile states, CurrentLink link) {
    this.access = access;
    this.installed = installed;
    this.states = states;
    this.link = link;
  }

  /** Creates the directory of a store and those above it, each durable before the next. */
  static void createRoot(Path root, Disk disk) throws IOException {
    Path parent = root.getParent();
    if (parent != null && !Files.isDirectory(root)) {
      createRoot(parent, disk);
      disk.createDirectory(root);
      disk.forceDirectory(parent);
    }
  }

  /** Refuses a directory of another format before anything in it is changed. */
  static void requireKnownFormat(StoreLayout layout) throws IOException {
    if (!Files.exists(layout.format())) {
      return;
    }
    String format = new String(Files.readAllBytes(layout.format()), StandardCharsets.UTF_8);
    if (!format.equals(StoreLayout.FORMAT)) {
      throw new StoreException(
          StoreException.Reason.UNSUPPORTED_FORMAT,
          "'"
              + layout.root()
              + "' has the format '"
              + format.strip()
              + "', this version reads '"
              + StoreLayout.FORMAT.strip()
              + "': use the library that wrote it, or another directory.",
          layout.root().toString());
    }
  }

  RecoveryReport run() throws IOException {
    boolean created = create();
    removeAbandonedStaging();
    if (new Trash(access).empty()) {
      repairs.add("Deleted versions that had been thrown away.");
    }
    for (ModelId model : installed.models()) {
      recover(model);
    }
    return new RecoveryReport(created, repairs, problems);
  }

  private boolean create() throws IOException {
    StoreLayout layout = access.layout();
    boolean made = false;
    for (Path directory : layout.controlDirectories()) {
      if (!Files.isDirectory(directory)) {
        access.disk().createDirectory(directory);
        made = true;
      }
    }
    if (Files.exists(layout.format())) {
      if (made) {
        access.disk().forceDirectory(layout.control());
      }
      return false;
    }
    access.disk().forceDirectory(layout.root());
    // Makes the directories beside it durable, too.
    DurableFile.write(
        access.disk(), layout.format(), StoreLayout.FORMAT.getBytes(StandardCharsets.UTF_8));
    return true;
  }

  private void removeAbandonedStaging() throws IOException {
    for (Path staging : FileTree.children(access.layout().staging())) {
      Optional<ProcessLocks.Held> abandoned =
          access.locks().tryExclusive(StoreLayout.stagingLock(staging));
      if (abandoned.isEmpty()) {
        continue;
      }
      try {
        FileTree.delete(access.disk(), staging);
        repairs.add("Removed an installation that was not finished.");
      } finally {
        abandoned.get().close();
      }
    }
  }

  private void recover(ModelId model) throws IOException {
    try {
      ModelState state = states.read(model);
      if (states.repair(state)) {
        repairs.add("Restored the state of '" + model + "' from its copy, or the copy from it.");
      }
      if (link.follow(state)) {
        repairs.add("Pointed the link of '" + model + "' to what is active.");
      }
      requireReadable(model, state.current());
      requireReadable(model, state.previous());
    } catch (StoreException e) {
      problems.add(e.getMessage());
    }
  }

  private void requireReadable(ModelId model, @Nullable ModelVersion version) throws IOException {
    if (version != null) {
      installed.require(model, version);
    }
  }
}
