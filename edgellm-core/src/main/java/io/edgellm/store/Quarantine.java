package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Where damaged and foreign things go, each into a directory of its own with a note beside it.
 *
 * <p>The note is durable before the thing moves, and where the file system has hard links, the
 * thing has its new name before it loses the old one: no power cut loses it. Writers hold the store
 * lock.
 */
final class Quarantine {
  private static final String NOTE = "note.json";
  private static final String CONTENT = "content";

  private final StoreAccess access;

  Quarantine(StoreAccess access) {
    this.access = access;
  }

  /** Takes whatever stands at a path away. */
  Quarantined take(Path path, StoreFinding.Kind why) throws IOException {
    Path entry = prepare(path, why);
    Disk disk = access.disk();
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) || !linked(path, entry)) {
      disk.move(path, entry.resolve(CONTENT));
      disk.forceDirectory(entry);
    } else {
      disk.delete(path);
    }
    disk.forceDirectory(path.resolveSibling(""));
    return read(entry);
  }

  /**
   * Gives a file a second name here, so that another one can be renamed over it and there is no
   * moment without one. Where the file system has no hard links, it is taken away.
   */
  Quarantined keep(Path file, StoreFinding.Kind why) throws IOException {
    Path entry = prepare(file, why);
    if (!linked(file, entry)) {
      access.disk().move(file, entry.resolve(CONTENT));
      access.disk().forceDirectory(entry);
    }
    return read(entry);
  }

  private boolean linked(Path file, Path entry) throws IOException {
    try {
      access.disk().link(entry.resolve(CONTENT), file);
    } catch (IOException e) {
      if (!PlainFile.isThere(file)) {
        throw e;
      }
      // No hard links here, or too many of this file.
      return false;
    }
    access.disk().forceDirectory(entry);
    return true;
  }

  private Path prepare(Path from, StoreFinding.Kind why) throws IOException {
    Disk disk = access.disk();
    if (!PlainFile.isDirectory(access.layout().quarantine())) {
      disk.createDirectory(access.layout().quarantine());
      disk.forceDirectory(access.layout().control());
    }
    Path entry = access.layout().quarantine().resolve(UUID.randomUUID().toString());
    disk.createDirectory(entry);
    Path note = entry.resolve(NOTE);
    disk.write(
        note, QuarantineNote.write(access.layout().relative(from), why.label(), access.now()));
    disk.force(note);
    disk.forceDirectory(entry);
    disk.forceDirectory(access.layout().quarantine());
    return entry;
  }

  /** Returns what is here, the oldest first. */
  List<Quarantined> list() throws IOException {
    List<Quarantined> found = new ArrayList<>();
    for (Path entry : FileTree.children(access.layout().quarantine())) {
      if (PlainFile.isThere(entry.resolve(CONTENT))) {
        found.add(read(entry));
      }
    }
    found.sort(QuarantineNote.OLDEST_FIRST);
    return found;
  }

  private Quarantined read(Path entry) throws IOException {
    Path content = entry.resolve(CONTENT);
    return QuarantineNote.read(entry, entry.resolve(NOTE), content, FileSizes.bytes(content));
  }

  /** Deletes what came before an instant; returns how much. */
  int expire(Instant before) throws IOException {
    int expired = 0;
    for (Quarantined old : list()) {
      if (old.at().isBefore(before)) {
        new Trash(access).throwAway(access.layout().quarantine().resolve(old.id()));
        expired++;
      }
    }
    return expired;
  }

  /** Deletes one thing; does nothing if it is not there. */
  void discard(Quarantined thing) throws IOException {
    for (Path entry : FileTree.children(access.layout().quarantine())) {
      if (String.valueOf(entry.getFileName()).equals(thing.id())) {
        new Trash(access).throwAway(entry);
      }
    }
    new Trash(access).empty();
  }

  /** Deletes the notes of things that did not come any more; returns whether there were any. */
  boolean dropNotesAlone() throws IOException {
    boolean found = false;
    for (Path entry : FileTree.children(access.layout().quarantine())) {
      if (PlainFile.isDirectory(entry) && !PlainFile.isThere(entry.resolve(CONTENT))) {
        FileTree.delete(access.disk(), entry);
        found = true;
      }
    }
    return found;
  }
}
