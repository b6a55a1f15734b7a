package io.edgellm.store;

import java.util.Objects;

/**
 * How a store takes over files that are on this machine already.
 *
 * @param linking whether it may share files with the tool that they belong to
 * @param maxEntries how many names of a directory are looked at, at most
 */
public record AdoptionOptions(Linking linking, int maxEntries) {

  /** Whether a file may become part of the store by a hard link. */
  public enum Linking {
    /**
     * A file is linked if it belongs to this process's own user, nobody else may write to it, and
     * it lies on the store's file system; any other is copied. It takes no further space, and its
     * permissions stay as they are. The tool that it belongs to may delete its name. If it writes
     * into the file, the verification before the next load says so.
     */
    OWN_FILES,
    /** Every file is copied. */
    NEVER
  }

  /** Refuses a limit below 1. */
  public AdoptionOptions {
    Objects.requireNonNull(linking);
    if (maxEntries < 1) {
      throw new IllegalArgumentException("At least one entry must be looked at: " + maxEntries);
    }
  }

  /** Returns linking of own files, and at most two million entries. */
  public static AdoptionOptions defaults() {
    return new AdoptionOptions(Linking.OWN_FILES, 2_000_000);
  }

  /** Returns these options with another rule for links. */
  public AdoptionOptions withLinking(Linking other) {
    return new AdoptionOptions(other, maxEntries);
  }

  /** Returns these options with another limit. */
  public AdoptionOptions withMaxEntries(int entries) {
    return new AdoptionOptions(linking, entries);
  }
}
