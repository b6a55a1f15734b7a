package io.edgellm.inference.surgery;

import io.edgellm.model.Sha256;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What may be done to a graph.
 *
 * @param cacheDirectory where verdicts and prepacked weights are kept, written by this application
 *     alone; null: every load compares anew, and nothing is prepacked
 * @param modelDigest what the files of the model are known by; null: they are known by their sizes,
 *     times and samples of their weights
 * @param threads of the sessions that compare; 0 lets the runtime choose
 * @param int8Cache whether the key/value cache is kept in one byte per number
 * @param prepackedWeights whether the weights are also kept in the form that this processor
 *     computes with, for about one and a half times to twice their size of disk
 */
public record SurgeryOptions(
    @Nullable Path cacheDirectory,
    @Nullable Sha256 modelDigest,
    int threads,
    boolean int8Cache,
    boolean prepackedWeights) {

  /** Returns options that change no number of the cache and keep nothing on the disk. */
  public static SurgeryOptions plain(int threads) {
    return new SurgeryOptions(null, null, threads, false, false);
  }
}
