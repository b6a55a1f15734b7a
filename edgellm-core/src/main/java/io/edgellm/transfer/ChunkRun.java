package io.edgellm.transfer;

import io.edgellm.store.BlobChunks;
import java.util.BitSet;

/**
 * Chunks that follow each other, to be asked for at once.
 *
 * @param first the number of the first one
 * @param end the number behind the last one
 */
record ChunkRun(int first, int end) {
  /** Returns the first run of a set that is not empty. */
  static ChunkRun firstOf(BitSet chunks) {
    int first = chunks.nextSetBit(0);
    return new ChunkRun(first, chunks.nextClearBit(first));
  }

  /** Returns whether it goes on to the end of the file. */
  boolean isTail(BlobChunks file) {
    return end == file.count();
  }

  /** Returns where it ends in the file, in bytes. */
  long endBytes(BlobChunks file) {
    return file.offset(end - 1) + file.length(end - 1);
  }
}
