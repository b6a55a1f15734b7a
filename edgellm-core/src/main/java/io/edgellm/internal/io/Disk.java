package io.edgellm.internal.io;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Every operation by which EdgeLLM changes a disk where order and durability matter.
 *
 * <p>The interface is narrow on purpose. A test can put itself between any two operations, lose
 * what was not forced, or fill the disk, and so go through every state that a power cut can leave.
 * Reading needs no such door and goes through {@link java.nio.file.Files}.
 *
 * <p>Nothing is durable before the matching {@code force}: bytes need {@link #force} on their file;
 * a name that appeared, moved or went needs {@link #forceDirectory} on its directory. A failed
 * force is final: the kernel may already have dropped the bytes that it could not write, so that a
 * second call would report success for nothing. Whoever gets an exception deletes the file.
 *
 * <p>Implementations are thread-safe.
 */
public interface Disk {
  /** Returns the disk of this machine. */
  static Disk local() {
    return new LocalDisk();
  }

  /** Creates a directory in an existing one; does nothing if it is there. */
  void createDirectory(Path directory) throws IOException;

  /** Creates a file, or replaces the content of one. */
  void write(Path file, byte[] bytes) throws IOException;

  /** Waits until content and size of a file are on the medium. */
  void force(Path file) throws IOException;

  /** Waits until the names in a directory are on the medium; does nothing on Windows. */
  void forceDirectory(Path directory) throws IOException;

  /**
   * Renames within one file system in one step. A file or link at {@code to} is replaced, and there
   * is no moment without one; a directory must not be there, which the caller checks.
   */
  void move(Path from, Path to) throws IOException;

  /**
   * Gives an existing file a second name.
   *
   * @throws IOException also where the file system has no hard links
   */
  void link(Path link, Path existing) throws IOException;

  /** Copies a file to a name that is not taken. */
  void copy(Path from, Path to) throws IOException;

  /**
   * Creates a symbolic link.
   *
   * @throws IOException also where the system has none or does not allow it
   */
  void symbolicLink(Path link, Path target) throws IOException;

  /** Deletes a file, a link (not what it points to) or an empty directory, if it is there. */
  void delete(Path path) throws IOException;

  /** Takes away the permission to write a file, as far as the file system knows permissions. */
  void makeReadOnly(Path file) throws IOException;

  /** Returns how many bytes may still be written to the file system of a directory. */
  long usableBytes(Path directory) throws IOException;
}
