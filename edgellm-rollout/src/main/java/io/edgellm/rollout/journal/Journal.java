package io.edgellm.rollout.journal;

import io.edgellm.internal.io.DurableFile;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.Decision;
import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceMachine;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.RolloutException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The memory of one device machine: a file to which every event that changes the state is appended
 * and forced before anything is done about it. The state is nothing but the fold of the file.
 *
 * <p>Opening cuts off what a crash left of a record. If sound records follow the damage, or the
 * chain of digests is broken, somebody or something else changed the file: it is kept beside as
 * {@value #DAMAGED_NAME}, the device goes on with the sound beginning, and what the store says at
 * the next start settles the rest. A journal that has grown is begun anew with the state as its
 * first record (temporary file, force, atomic rename, force of the directory); the one before it
 * stays as {@value #FORMER_NAME}.
 *
 * <p>One process at a time: a second one is refused. Not thread-safe.
 */
public final class Journal implements AutoCloseable {
  /** The journal's file in its directory. */
  public static final String FILE_NAME = "device.journal";

  /** The journal before the last one was begun. */
  public static final String FORMER_NAME = "device.journal.1";

  /** A journal in which something other than the end was damaged. */
  public static final String DAMAGED_NAME = "device.journal.damaged";

  private static final String LOCK_NAME = "device.lock";
  private static final byte[] MAGIC = "EDGEJRN1".getBytes(StandardCharsets.US_ASCII);
  private static final int DEFAULT_RECORDS = 1024;

  private final Path directory;
  private final int maxRecords;
  private final ProcessLocks locks;
  private final ProcessLocks.Held lock;
  private final Recovery recovery;
  private FileChannel channel;
  private DeviceState state;
  private Sha256 digest;
  private long sequence;
  private int records;
  private boolean usable = true;

  /**
   * What opening found.
   *
   * @param records sound records
   * @param cutBytes bytes after them that were given up
   * @param damaged whether those were more than the torn end of a last record
   */
  public record Recovery(int records, long cutBytes, boolean damaged) {}

  /** Opens the journal in a directory, and creates both if they are not there. */
  public static Journal open(Path directory) {
    return open(directory, DEFAULT_RECORDS);
  }

  static Journal open(Path directory, int maxRecords) {
    try {
      Files.createDirectories(directory);
      ProcessLocks locks = ProcessLocks.open(directory.resolve(LOCK_NAME));
      try {
        ProcessLocks.Held lock = locks.tryExclusive("journal").orElseThrow(() -> busy(directory));
        return new Journal(directory, maxRecords, locks, lock);
      } catch (Throwable e) {
        locks.close();
        throw e;
      }
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  private Journal(Path directory, int maxRecords, ProcessLocks locks, ProcessLocks.Held lock)
      throws IOException {
    this.directory = directory;
    this.maxRecords = maxRecords;
    this.locks = locks;
    this.lock = lock;
    Path file = directory.resolve(FILE_NAME);
    byte[] bytes = begin(file);
    JournalScan scan = JournalScan.of(bytes, MAGIC.length);
    this.recovery =
        new Recovery(scan.records().size(), bytes.length - scan.soundBytes(), scan.damaged());
    if (scan.damaged()) {
      DurableFile.write(directory.resolve(DAMAGED_NAME), bytes);
    }
    this.state = scan.state();
    this.digest = scan.digest();
    this.sequence = scan.sequence();
    this.records = scan.records().size();
    this.channel = openAt(file, scan.soundBytes());
  }

  /** Returns the bytes of the journal; of a new one if there is none or its beginning is torn. */
  private static byte[] begin(Path file) throws IOException {
    byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    if (bytes.length >= MAGIC.length) {
      requireMagic(file, bytes);
      return bytes;
    }
    DurableFile.write(file, MAGIC);
    return MAGIC.clone();
  }

  private static void requireMagic(Path file, byte[] bytes) {
    if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new RolloutException(
          RolloutException.Reason.JOURNAL_FORMAT,
          "'"
              + file
              + "' is not a journal of this version: open it with the version that wrote it, or move"
              + " it away, and the device begins with what the store says.",
          file.toString(),
          null);
    }
  }

  private static FileChannel openAt(Path file, long size) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    if (channel.size() > size) {
      channel.truncate(size);
      channel.force(true);
    }
    channel.position(size);
    return channel;
  }

  /** Returns what opening found. */
  public Recovery recovery() {
    return recovery;
  }

  /** Returns the state that all events so far lead to. */
  public DeviceState state() {
    return state;
  }

  /** Returns the number of the last record, counted over all journals of this device. */
  public long sequence() {
    return sequence;
  }

  /**
   * Decides about an event and makes it durable. An event that leaves the state as it is leaves the
   * journal as it is, too.
   *
   * @return the decision; its effects may be performed now
   * @throws RolloutException with {@code JOURNAL_IO} if the event could not be made durable; then
   *     no effect may be performed, and the journal must be opened again
   */
  public Decision append(DeviceEvent event) {
    requireUsable();
    Decision decision = DeviceMachine.decide(state, event);
    if (!decision.state().equals(state)) {
      write(JournalRecord.of(sequence + 1, decision.state().ledger().epoch(), digest, event));
      state = decision.state();
      if (records >= maxRecords) {
        beginAnew();
      }
    }
    return decision;
  }

  private void write(JournalRecord record) {
    usable = false;
    try {
      ByteBuffer bytes = ByteBuffer.wrap(record.toBytes());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    } catch (IOException e) {
      throw failed(directory, e);
    }
    usable = true;
    sequence = record.sequence();
    digest = record.digest();
    records++;
  }

  private void beginAnew() {
    usable = false;
    JournalRecord first = JournalRecord.of(sequence + 1, state.ledger().epoch(), digest, state);
    byte[] record = first.toBytes();
    byte[] bytes = Arrays.copyOf(MAGIC, MAGIC.length + record.length);
    System.arraycopy(record, 0, bytes, MAGIC.length, record.length);
    Path file = directory.resolve(FILE_NAME);
    try {
      DurableFile.write(directory.resolve(FORMER_NAME), Files.readAllBytes(file));
      channel.close();
      DurableFile.write(file, bytes);
      channel = openAt(file, bytes.length);
    } catch (IOException e) {
      throw failed(directory, e);
    }
    usable = true;
    sequence = first.sequence();
    digest = first.digest();
    records = 1;
  }

  private void requireUsable() {
    if (!usable) {
      throw new RolloutException(
          RolloutException.Reason.CLOSED,
          "The journal is closed, or failed before: open it again.",
          directory.toString(),
          null);
    }
  }

  /**
   * Reads the journal of a directory for people: one line per record with its number, time, epoch,
   * event, the state it led to, and the beginning of its digest. Needs no lock.
   */
  public static List<String> describe(Path directory) {
    Path file = directory.resolve(FILE_NAME);
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length < MAGIC.length) {
        return List.of();
      }
      requireMagic(file, bytes);
      return AuditText.lines(JournalScan.of(bytes, MAGIC.length));
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  /** Returns the damaged journal that an opening kept, if there is one. */
  public static Optional<Path> damaged(Path directory) {
    return Optional.of(directory.resolve(DAMAGED_NAME)).filter(Files::exists);
  }

  private static RolloutException busy(Path directory) {
    return new RolloutException(
        RolloutException.Reason.JOURNAL_BUSY,
        "Another process drives the device in '"
            + directory
            + "' already: end it, or give each its own directory.",
        directory.toString(),
        null);
  }

  private static RolloutException failed(Path directory, IOException e) {
    return new RolloutException(
        RolloutException.Reason.JOURNAL_IO,
        "The journal in '"
            + directory
            + "' cannot be used ("
            + e.getMessage()
            + "): check the disk and its permissions, then start again.",
        directory.toString(),
        e);
  }

  /** Frees the journal for another process. */
  @Override
  public void close() {
    usable = false;
    try (locks;
        lock) {
      channel.close();
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }
}
