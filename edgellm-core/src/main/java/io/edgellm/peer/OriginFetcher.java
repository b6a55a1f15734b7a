package io.edgellm.peer;

import io.edgellm.store.BlobChunks;
import io.edgellm.transfer.TransferListener;
import java.util.BitSet;

/**
 * Brings chunks of a file from where releases come from, beyond the site: {@code
 * BlobDownload::fetch}, as a rule.
 *
 * <p>Implementations are thread-safe. An interrupt ends a fetch.
 */
@FunctionalInterface
public interface OriginFetcher {
  /**
   * Fetches some chunks, as far as they are missing.
   *
   * @param into the file
   * @param wanted the numbers of the chunks
   * @param listener hears progress and retries
   * @throws io.edgellm.transfer.TransferException if they do not come
   * @throws io.edgellm.store.StoreException if the disk fails
   */
  void fetch(BlobChunks into, BitSet wanted, TransferListener listener);
}
