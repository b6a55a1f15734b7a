package io.edgellm.telemetry;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What may be recorded on this device: {@link ConsentLevel#NONE} until a person agrees to more.
 *
 * <p>The agreement is a small JSON file that is written only when there is one: it is on the disk,
 * synced, before anything that it allows begins, and it is gone after {@link #revoke}. A record
 * that is damaged, unreadable or of an unknown format counts as no agreement. Whoever keeps data or
 * a port {@linkplain #follow follows} the level, and lets go when it falls.
 *
 * <p>Thread-safe. Two processes must not share one file.
 */
public final class Consent {
  private final @Nullable ConsentFile file;
  private final InstantSource clock;
  private final List<Consumer<ConsentLevel>> followers = new CopyOnWriteArrayList<>();
  private volatile @Nullable ConsentRecord record;

  private Consent(@Nullable ConsentFile file, InstantSource clock, @Nullable ConsentRecord record) {
    this.file = file;
    this.clock = clock;
    this.record = record;
  }

  /**
   * Reads the consent of this device. Creates nothing.
   *
   * @param file where the record is, or will be; its directory belongs to the host
   * @param clock what grants are dated by
   */
  public static Consent open(Path file, InstantSource clock) {
    ConsentFile kept = new ConsentFile(file);
    return new Consent(kept, clock, kept.read().orElse(null));
  }

  /**
   * Returns a consent that the host asked for and keeps the record of; nothing is written here.
   *
   * @param level what was agreed to
   * @param grantedAt when
   */
  public static Consent heldByHost(ConsentLevel level, Instant grantedAt) {
    return new Consent(null, InstantSource.fixed(grantedAt), new ConsentRecord(level, grantedAt));
  }

  /** Returns a consent to nothing. */
  public static Consent none() {
    return new Consent(null, InstantSource.system(), null);
  }

  /** Returns what is allowed now. */
  public ConsentLevel level() {
    ConsentRecord current = record;
    return current == null ? ConsentLevel.NONE : current.level();
  }

  /** Returns the agreement, if there is one. */
  public Optional<ConsentRecord> record() {
    return Optional.ofNullable(record);
  }

  /**
   * Keeps an agreement, then lets begin what it allows.
   *
   * @param level what was agreed to; more or less than before, but not nothing
   * @throws IllegalArgumentException for {@link ConsentLevel#NONE}: that is {@link #revoke}
   * @throws TelemetryException {@code CONSENT_NOT_WRITTEN} if it could not be kept; then nothing
   *     has changed
   */
  public synchronized void grant(ConsentLevel level) {
    if (level == ConsentLevel.NONE) {
      throw new IllegalArgumentException("Consent to nothing is not granted; call revoke().");
    }
    ConsentRecord granted = new ConsentRecord(level, clock.instant());
    if (file != null) {
      write(file, granted);
    }
    record = granted;
    followers.forEach(follower -> follower.accept(level));
  }

  private static void write(ConsentFile file, ConsentRecord granted) {
    try {
      file.write(granted);
    } catch (IOException e) {
      throw new TelemetryException(
          TelemetryException.Reason.CONSENT_NOT_WRITTEN,
          "The consent could not be written to "
              + file.path()
              + " and does not apply; make the directory writable and ask again.",
          file.path().toString(),
          e);
    }
  }

  /**
   * Ends the agreement: recording stops, what was recorded and every open port is let go, and the
   * record is deleted from the disk.
   *
   * @throws TelemetryException {@code CONSENT_NOT_DELETED} if the record could not be deleted;
   *     nothing is recorded all the same, but it would be read again at the next start
   */
  public synchronized void revoke() {
    record = null;
    followers.forEach(follower -> follower.accept(ConsentLevel.NONE));
    if (file != null) {
      delete(file);
    }
  }

  private static void delete(ConsentFile file) {
    try {
      file.delete();
    } catch (IOException e) {
      throw new TelemetryException(
          TelemetryException.Reason.CONSENT_NOT_DELETED,
          "The consent was withdrawn, but its record "
              + file.path()
              + " could not be deleted; delete it before the next start.",
          file.path().toString(),
          e);
    }
  }

  /**
   * Tells the level now and after every change, on the thread that changes it.
   *
   * @param follower returns soon and does not throw
   * @return what to close in order not to be told any more
   */
  public synchronized Following follow(Consumer<ConsentLevel> follower) {
    followers.add(follower);
    follower.accept(level());
    return () -> followers.remove(follower);
  }

  /** A {@link #follow} that can be ended. */
  @FunctionalInterface
  public interface Following extends AutoCloseable {
    /** Ends it; without effect if it has ended. */
    @Override
    void close();
  }
}
