package io.edgellm.store;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;
import java.time.Instant;
import java.util.List;

/**
 * What a store takes on its disk. A file with several names counts once, where the file system
 * tells that they are one.
 *
 * @param totalBytes everything together; this is what a quota limits
 * @param blobBytes complete files, which installed versions share
 * @param partialBytes unfinished downloads
 * @param quarantineBytes damaged content that was taken out of the way
 * @param promisedBytes what downloads under way, in all processes, may still take; 0 in a store
 *     that was opened for reading, which cannot know
 * @param models the models that have installed versions
 * @param downloads unfinished downloads one by one
 * @param usableBytes what the file system still has
 * @param quotaBytes what the store may take at most
 */
public record StoreUsage(
    long totalBytes,
    long blobBytes,
    long partialBytes,
    long quarantineBytes,
    long promisedBytes,
    List<Model> models,
    List<Download> downloads,
    long usableBytes,
    long quotaBytes) {

  /** Copies the lists. */
  public StoreUsage {
    models = List.copyOf(models);
    downloads = List.copyOf(downloads);
  }

  /** Returns the number of installed versions of all models. */
  public int versions() {
    return models.stream().mapToInt(m -> m.versions().size()).sum();
  }

  /**
   * What a model takes.
   *
   * @param model the model line
   * @param exclusiveBytes what nothing but its versions needs
   * @param sharedBytes what versions of other models need, too
   * @param versions its installed versions, in order
   */
  public record Model(
      ModelId model, long exclusiveBytes, long sharedBytes, List<Version> versions) {
    /** Copies the list. */
    public Model {
      versions = List.copyOf(versions);
    }
  }

  /**
   * What a version takes.
   *
   * @param version which one
   * @param exclusiveBytes what becomes free when it is removed and garbage is collected
   * @param sharedBytes what other versions need, too
   */
  public record Version(ModelVersion version, long exclusiveBytes, long sharedBytes) {}

  /**
   * An unfinished download.
   *
   * @param digest of the whole file
   * @param bytes up to where it was written
   * @param lastWritten when; garbage collection deletes it after {@link
   *     StoreOptions#partialExpiry()}
   */
  public record Download(Sha256 digest, long bytes, Instant lastWritten) {}
}
