package io.edgellm.transfer;

import io.edgellm.store.BlobChunks;

/**
 * Somebody who brings the missing chunks of a file: from a source, or from the neighbours. Whatever
 * it brings is verified by {@link BlobChunks#write}, which is the only way in.
 *
 * <p>Implementations are thread-safe. An interrupt ends a fetch.
 */
@FunctionalInterface
public interface BlobFetcher {
  /**
   * Fetches every chunk that is missing.
   *
   * @param into the file; complete on return
   * @param listener hears progress, and what went wrong and is tried again
   * @throws TransferException if it gave up or was interrupted; the chunks that came stay
   * @throws io.edgellm.store.StoreException if the disk fails
   */
  void fetch(BlobChunks into, TransferListener listener);
}
