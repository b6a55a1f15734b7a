package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Creates a store, or brings one that was left in the middle of something to one side of it.
 *
 * <p>There is little to do: until the rename that publishes or activates, nothing counts, and after
 * it everything is there. What is left are staging directories and trash of processes that died,
 * and whatever is derived from the state files.
 */
final class Recovery {
  private static final int MAX_FORMAT_BYTES = 1024;
  private static final String DISPLACED = "displaced-";

  private final StoreAccess access;
  private final InstalledVersions installed;
  private final StateFile states;
  private final CurrentLink link;

  private final Quarantine quarantine;

  private final List<String> repairs = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  Recovery(StoreAccess access, InstalledVersions installed, StateFile states, CurrentLink link) {
    this.access = access;
    this.installed = installed;
    this.states = states;
    this.link = link;
    this.quarantine = new Quarantine(access);
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
    if (!PlainFile.isThere(layout.format())) {
      return;
    }
    String format = new String(readFormat(layout), StandardCharsets.UTF_8);
    if (!format.equals(StoreLayout.FORMAT)) {
      throw unknownFormat(layout, "has the format '" + format.strip() + "'", null);
    }
  }

  private static byte[] readFormat(StoreLayout layout) throws IOException {
    try {
      return PlainFile.read(layout.format(), MAX_FORMAT_BYTES);
    } catch (FileSystemException e) {
      throw unknownFormat(layout, "has a format that cannot be read (" + e.getReason() + ")", e);
    }
  }

  /** Refuses what is no store at all. */
  static void requireStore(StoreLayout layout) throws IOException {
    if (!PlainFile.isThere(layout.format())) {
      throw unknownFormat(layout, "is no store", null);
    }
    requireKnownFormat(layout);
  }

  private static StoreException unknownFormat(
      StoreLayout layout, String what, @Nullable IOException cause) {
    return new StoreException(
        StoreException.Reason.UNSUPPORTED_FORMAT,
        "'"
            + layout.root()
            + "' "
            + what
            + ", this version reads '"
            + StoreLayout.FORMAT.strip()
            + "': use the library that wrote it, or another directory.",
        layout.root().toString(),
        cause);
  }

  /** Refuses to follow a link with anything that is written. */
  static void requireControlDirectory(StoreLayout layout) {
    requireOwn(layout.control(), PlainFile.isDirectory(layout.control()), "directory");
    boolean lockFile = PlainFile.isFile(layout.locks()) || !PlainFile.isThere(layout.locks());
    requireOwn(layout.locks(), lockFile, "file");
  }

  private static void requireOwn(Path path, boolean own, String what) {
    if (!own) {
      throw new StoreException(
          StoreException.Reason.CORRUPT,
          "'"
              + path
              + "' is not a "
              + what
              + " of the store: while no program uses the store, delete it, and open the store"
              + " again.",
          path.toString());
    }
  }

  RecoveryReport run() throws IOException {
    boolean created = create();
    removeAbandonedStaging();
    if (new Trash(access).empty()) {
      repairs.add("Deleted versions that had been thrown away.");
    }
    quarantine.dropNotesAlone();
    access.underLock(
        StoreLayout.quotaLock(),
        () -> {
          new Promises(access).forgetBroken();
          return created;
        });
    for (ModelId model : installed.models()) {
      recover(model);
    }
    return new RecoveryReport(created, repairs, problems);
  }

  /** Looks for problems, and leaves everything as it is. */
  RecoveryReport look() throws IOException {
    for (ModelId model : installed.models()) {
      try {
        requireReadable(model, states.read(model));
      } catch (StoreException e) {
        problems.add(e.getMessage());
      }
    }
    return new RecoveryReport(false, repairs, problems);
  }

  private boolean create() throws IOException {
    StoreLayout layout = access.layout();
    boolean made = false;
    for (Path directory : layout.controlDirectories()) {
      if (!PlainFile.isDirectory(directory)) {
        makeRoomFor(directory);
        access.disk().createDirectory(directory);
        made = true;
      }
    }
    for (Path directory : layout.laterDirectories()) {
      if (!PlainFile.isDirectory(directory)) {
        makeRoomFor(directory);
      }
    }
    takeDisplaced();
    if (PlainFile.isThere(layout.format())) {
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

  /** Something else in the place of a directory of the store goes aside, and is not followed. */
  private void makeRoomFor(Path directory) throws IOException {
    if (PlainFile.isThere(directory)) {
      access.disk().move(directory, directory.resolveSibling(DISPLACED + UUID.randomUUID()));
      repairs.add("Moved away what stood in the place of '" + directory + "'.");
    }
  }

  /** The quarantine itself may have been what was missing. */
  private void takeDisplaced() throws IOException {
    for (Path path : FileTree.children(access.layout().control())) {
      if (String.valueOf(path.getFileName()).startsWith(DISPLACED)) {
        quarantine.take(path, StoreFinding.Kind.NOT_A_FILE);
      }
    }
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

  /** What is wrong with one model must not keep the others from being opened. */
  private void recover(ModelId model) throws IOException {
    try {
      repair(model);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (StoreException e) {
      problems.add(e.getMessage());
    } catch (IOException e) {
      problems.add(
          String.valueOf(
              StoreException.of(e, "recovering '" + model + "'", access.layout().model(model))
                  .getMessage()));
    }
  }

  private void repair(ModelId model) throws IOException {
    for (Path path : new ForeignFiles(access.layout()).inTheWayOf(model)) {
      quarantine.take(path, StoreFinding.Kind.FOREIGN);
      repairs.add("Moved away what stood in the place of '" + path + "'.");
    }
    ModelState state = states.read(model);
    if (states.repair(state, quarantine)) {
      repairs.add("Restored the state of '" + model + "' from its copy, or the copy from it.");
    }
    if (link.follow(state)) {
      repairs.add("Pointed the link of '" + model + "' to what is active.");
    }
    requireReadable(model, state);
  }

  private void requireReadable(ModelId model, ModelState state) throws IOException {
    for (ModelVersion version : Arrays.asList(state.current(), state.previous(), state.factory())) {
      if (version != null) {
        installed.require(model, version);
      }
    }
  }
}
