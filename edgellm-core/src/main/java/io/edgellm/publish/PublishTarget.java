package io.edgellm.publish;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.TransferException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * A place where devices fetch a repository, for the one who publishes there: a directory, a bucket
 * or a registry.
 *
 * <p>What is written to it, and in which order, decides a {@link WorkingCopy}. Thread-safe.
 */
public abstract sealed class PublishTarget implements AutoCloseable
    permits DirectoryTarget, OciTarget, S3Target {
  PublishTarget() {}

  /** Returns its address, for people: without secrets. */
  public abstract String describe();

  /** Returns the repository as a device sees it, by the source that devices have for it. */
  public abstract ArtifactSource source();

  /** Ends connections; nothing is thrown. */
  @Override
  public abstract void close();

  /** As long as it is open, other publishers are kept out as far as the place can do that. */
  interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /** A small file, and what the place knows this state of it by. */
  static final class Document {
    private final byte[] bytes;
    private final String revision;

    /**
     * @param bytes its content, which nobody changes
     * @param revision empty if the place has no such thing
     */
    Document(byte[] bytes, String revision) {
      this.bytes = bytes;
      this.revision = revision;
    }

    byte[] bytes() {
      return bytes;
    }

    String revision() {
      return revision;
    }

    boolean isSame(byte[] others) {
      return Arrays.equals(bytes, others);
    }
  }

  /** What must be so for a file to be written; checked by the place itself, if it can. */
  sealed interface Condition {
    /** Nothing is there. */
    record Absent() implements Condition {}

    /** What is there is still what was read. */
    record Unchanged(Document document) implements Condition {}

    /** None. */
    record None() implements Condition {}

    /** Returns whether it is met by what is there. */
    default boolean isMet(Optional<Document> there) {
      if (this instanceof Absent) {
        return there.isEmpty();
      }
      return !(this instanceof Unchanged unchanged)
          || there.filter(d -> d.isSame(unchanged.document().bytes())).isPresent();
    }

    static Condition unchanged(Optional<Document> before) {
      return before.<Condition>map(Unchanged::new).orElseGet(Absent::new);
    }
  }

  /**
   * Makes sure that this publisher may write, and keeps others out.
   *
   * @param lines what will be written to
   * @throws TransferException with {@code FORBIDDEN} if he may not
   * @throws io.edgellm.release.ReleaseException with {@code BUSY} if another one is at work
   */
  abstract Hold hold(Collection<ModelId> lines, Sending sending);

  /**
   * Reads a small file; nothing if it is not there, which a place that only does not say so must
   * not be taken for.
   */
  abstract Optional<Document> read(String path, int maxBytes);

  /** Returns whether each line has blobs of its own there. */
  abstract boolean hasBlobsPerLine();

  /** Returns whether the place has a blob, as a whole and with its digest, for a line. */
  abstract boolean has(ModelId line, Artifact blob);

  /** Sends a blob; goes on where it was cut off as far as the place can do that. */
  abstract void send(ModelId line, Artifact blob, Path file, Sending sending);

  /**
   * Writes a small file as a whole.
   *
   * @return whether the condition was met
   */
  abstract boolean put(String path, byte[] bytes, Condition condition, Sending sending);

  /** Writes the papers of a release whose blobs are there; the manifest last. */
  void publish(ReleasePapers papers, Sending sending) {
    papers
        .files()
        .forEach(
            (path, bytes) ->
                sending.trying(path, () -> put(path, bytes, new Condition.None(), sending)));
  }

  /**
   * Writes what tells of the releases of a line, which are all there; its index last.
   *
   * @return whether the index was still the one that was read
   */
  boolean list(LineListing listing, Sending sending) {
    for (Map.Entry<String, byte[]> target : listing.newTargets().entrySet()) {
      String path = target.getKey();
      sending.trying(path, () -> put(path, target.getValue(), new Condition.None(), sending));
    }
    if (!listing.isIndexNew()) {
      return true;
    }
    String path = listing.path();
    Condition condition = Condition.unchanged(listing.before());
    byte[] index = listing.index().orElseThrow();
    return sending.trying(path, () -> put(path, index, condition, sending));
  }

  @Override
  public final String toString() {
    return describe();
  }
}
