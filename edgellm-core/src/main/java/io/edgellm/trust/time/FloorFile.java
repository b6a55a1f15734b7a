package io.edgellm.trust.time;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;
import io.edgellm.trust.time.TrustedTime.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Floors on a disk, shared by processes. Replaced as a whole, and under a lock; the lock is a file
 * of its own beside it, {@code <name>.lock}.
 *
 * <p>The content carries its own digest: a damaged digit would otherwise be another time.
 */
final class FloorFile {
  private static final int MAX_BYTES = 64 << 10;
  private static final Duration LOCK_WAIT = Duration.ofSeconds(10);

  private final Disk disk;
  private final Path file;
  private final Duration lockWait;

  /**
   * What was read.
   *
   * @param floors none unless the memory is {@code INTACT}
   * @param memory how the file was found
   */
  record Content(Floors floors, TrustedClock.Memory memory) {}

  FloorFile(Disk disk, Path file, Duration lockWait) {
    this.disk = disk;
    this.file = file.toAbsolutePath();
    this.lockWait = lockWait;
  }

  /** Returns the file on the disk of this machine. */
  static FloorFile at(Path file) {
    return new FloorFile(Disk.local(), file, LOCK_WAIT);
  }

  /** Reads without a lock: the file is always whole. */
  Content read() {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      return new Content(parse(bytes), TrustedClock.Memory.INTACT);
    } catch (NoSuchFileException e) {
      return new Content(Floors.NONE, TrustedClock.Memory.EMPTY);
    } catch (IOException | JsonFault | IllegalArgumentException | DateTimeException e) {
      return new Content(Floors.NONE, TrustedClock.Memory.LOST);
    }
  }

  /**
   * Reads, changes and writes under the lock.
   *
   * @throws TimeException if another process does not let go of it, or it cannot be written
   */
  @SuppressWarnings("try") // The lock is held, not used.
  void update(Function<Content, Floors> change) {
    try (ProcessLocks locks = ProcessLocks.open(lockFile());
        ProcessLocks.Held held = locks.exclusive("floors", lockWait).orElseThrow(this::busy)) {
      Content before = read();
      Floors after = change.apply(before);
      if (!after.equals(before.floors())) {
        DurableFile.write(disk, file, bytes(after));
      }
    } catch (IOException e) {
      throw new TimeException(
          TimeException.Reason.IO,
          "The time cannot be kept (" + e + "): check the disk and the permissions.",
          file.toString(),
          e);
    }
  }

  private Path lockFile() {
    return file.resolveSibling(file.getFileName() + ".lock");
  }

  private TimeException busy() {
    return new TimeException(
        TimeException.Reason.BUSY,
        "Another process has held the file for more than " + lockWait + ": end that process.",
        file.toString(),
        null);
  }

  private static byte[] bytes(Floors floors) {
    ObjectNode document = document(floors);
    document.put("sha256", Sha256.of(CanonicalJson.write(document)).hex());
    return CanonicalJson.write(document);
  }

  private static ObjectNode document(Floors floors) {
    ObjectNode document = JsonNodeFactory.instance.objectNode().put("format", 1);
    ObjectNode marks = document.putObject("floors");
    floors
        .marks()
        .forEach(
            (source, mark) ->
                marks
                    .putObject(source.name())
                    .put("age", mark.age())
                    .put("time", mark.time().toString()));
    return document;
  }

  private static Floors parse(byte[] bytes) throws JsonFault {
    JsonFields document = JsonFields.of(StrictJson.parse(bytes));
    Map<Source, Floors.Mark> marks = new EnumMap<>(Source.class);
    for (Map.Entry<String, JsonFields> e : document.objectMap("floors").entrySet()) {
      JsonFields mark = e.getValue();
      marks.put(
          Source.valueOf(e.getKey()),
          new Floors.Mark(mark.integer("age"), Instant.parse(mark.text("time"))));
    }
    Floors floors = new Floors(marks);
    if (!Sha256.of(CanonicalJson.write(document(floors))).hex().equals(document.text("sha256"))) {
      throw new IllegalArgumentException("the digest does not fit");
    }
    return floors;
  }
}
