package io.edgellm.store;

import io.edgellm.model.EdgeLlmException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The store cannot do what it was asked for; nothing was changed unless the reason is IO. */
public final class StoreException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;
  private static final long NEARLY_FULL_BYTES = 1 << 20;

  private final Reason reason;

  /** Why the store refused or failed. */
  public enum Reason {
    /** This version of the model is in the store already. */
    ALREADY_INSTALLED,
    /** This version is not in the store, or no version is active. */
    NOT_INSTALLED,
    /** A file of the release has not been fetched. */
    BLOB_MISSING,
    /** Bytes on the disk are not what they must be. */
    CORRUPT,
    /** The record of what is active is unreadable; other models are not affected. */
    CORRUPT_STATE,
    /** The file system, or the system's quota for this user, is too full. */
    NO_SPACE,
    /** The store would become larger than its options allow. */
    QUOTA,
    /** Another thread or process holds what is needed. */
    BUSY,
    /** The version is active, pinned or leased, and cannot be removed. */
    IN_USE,
    /** The store cannot be written. */
    READ_ONLY,
    /** There is no earlier healthy version to go back to. */
    NO_PREVIOUS,
    /** The version is not the one that is active. */
    NOT_CURRENT,
    /** What was verified is not what is installed. */
    MISMATCH,
    /** The release is older than a release that this device has committed to. */
    BELOW_FLOOR,
    /** Something else has the name in the store, or one that differs only in case. */
    NAME_CLASH,
    /** The directory was written by another version of the store. */
    UNSUPPORTED_FORMAT,
    /** The store was closed. */
    CLOSED,
    /** The operating system reported a failure. */
    IO
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path, model or version, or null
   */
  public StoreException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path, model or version, or null
   * @param cause what led to it, or null
   */
  public StoreException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  /**
   * Turns a failure of the operating system into a sentence. Its texts come in the language of the
   * system: what the English ones do not tell, the file system of the subject is asked for.
   */
  static StoreException of(IOException e, String activity, Path subject) {
    String text = String.valueOf(e.getMessage());
    if (e instanceof InterruptedIOException || e instanceof ClosedByInterruptException) {
      return new StoreException(
          Reason.BUSY,
          "The thread was interrupted while " + activity + ": call again.",
          subject.toString(),
          e);
    }
    if (isFull(e, text, subject)) {
      return new StoreException(
          Reason.NO_SPACE,
          "The disk became full while " + activity + ": free some space, then call again.",
          subject.toString(),
          e);
    }
    if (isReadOnly(e, text, subject)) {
      return new StoreException(
          Reason.READ_ONLY,
          "The file system has become read-only, which was noticed while "
              + activity
              + " ("
              + text
              + "): what is in the store can still be read; check the disk and mount it anew.",
          subject.toString(),
          e);
    }
    if (e instanceof AccessDeniedException) {
      return new StoreException(
          Reason.READ_ONLY,
          "No permission to write while "
              + activity
              + " ("
              + text
              + "): give this user write access to the store.",
          subject.toString(),
          e);
    }
    return new StoreException(
        Reason.IO,
        "The disk failed while "
            + activity
            + " ("
            + e.getClass().getSimpleName()
            + ": "
            + text
            + "): check the disk, open the store again, and look at its recovery report.",
        subject.toString(),
        e);
  }

  private static boolean isFull(IOException e, String text, Path subject) {
    return text.contains("No space left")
        || text.contains("not enough space")
        || text.contains("Disk quota exceeded")
        || (isOpen(e, text)
            && ask(subject, store -> store.getUsableSpace() < NEARLY_FULL_BYTES)
            && !isReadOnly(e, text, subject));
  }

  private static boolean isReadOnly(IOException e, String text, Path subject) {
    return text.contains("Read-only file system")
        || (isOpen(e, text) && ask(subject, FileStore::isReadOnly));
  }

  /** Returns whether a failure does not tell its cause by itself. */
  private static boolean isOpen(IOException e, String text) {
    return (e.getClass() == IOException.class || e.getClass() == FileSystemException.class)
        && !text.contains("Input/output error");
  }

  private interface Question {
    boolean of(FileStore store) throws IOException;
  }

  private static boolean ask(Path subject, Question question) {
    for (Path path = subject.toAbsolutePath(); path != null; path = path.getParent()) {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        try {
          return question.of(Files.getFileStore(path));
        } catch (IOException e) {
          // The disk is in no state to answer.
          return false;
        }
      }
    }
    return false;
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
