package io.edgellm.store;

/**
 * Follows a verification or repair while it reads files, and may slow it down or end it.
 *
 * <p>Called by the thread that reads, after each MiB at the latest; nothing is held then that
 * others wait for, so that a listener may sleep to leave the disk to others.
 */
@FunctionalInterface
public interface CareListener {
  /** Listens to nothing. */
  CareListener NONE = (path, bytes) -> true;

  /**
   * Tells how far it is.
   *
   * @param path the file that is read, relative to the store
   * @param bytes how many bytes were read so far, of all files
   * @return whether to go on; otherwise the report has what was found until now
   */
  boolean read(String path, long bytes);
}
