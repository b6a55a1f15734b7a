package io.edgellm.store;

import io.edgellm.model.Artifact;
import java.nio.file.Path;
import java.util.List;

/**
 * What came of an adoption.
 *
 * @param taken the files that are in the store now and were not before
 * @param missing the files that are still to be fetched
 * @param skipped what could not be looked at, the first hundred of it
 * @param skippedEntries how many entries could not be looked at
 * @param entries how many entries were looked at
 * @param isComplete whether nothing was left out because of {@link AdoptionOptions#maxEntries()},
 *     or because more than 50,000 files have a size that is wanted
 */
public record AdoptionReport(
    List<Taken> taken,
    List<Artifact> missing,
    List<Skipped> skipped,
    long skippedEntries,
    int entries,
    boolean isComplete) {

  /** Copies the lists. */
  public AdoptionReport {
    taken = List.copyOf(taken);
    missing = List.copyOf(missing);
    skipped = List.copyOf(skipped);
  }

  /** How a file came into the store. */
  public enum Way {
    /** It is the same file, under one more name. */
    LINKED,
    /** It is a copy. */
    COPIED
  }

  /**
   * A file that was taken.
   *
   * @param file the file of the release
   * @param source where it was found
   * @param way how it came
   */
  public record Taken(Artifact file, Path source, Way way) {}

  /** Why something was not looked at. */
  public enum Obstacle {
    /** A link to outside of the directory; adopt from the directory that holds both. */
    LEADS_OUT,
    /** Permission is missing, or the medium failed. */
    UNREADABLE,
    /** It was written to while it was read. */
    CHANGED,
    /** Directories are nested too deeply. */
    TOO_DEEP
  }

  /**
   * Something that was not looked at.
   *
   * @param path where it is
   * @param obstacle why
   */
  public record Skipped(Path path, Obstacle obstacle) {}

  /** Returns the bytes that need not be fetched. */
  public long takenBytes() {
    return taken.stream().mapToLong(t -> t.file().sizeBytes()).sum();
  }
}
