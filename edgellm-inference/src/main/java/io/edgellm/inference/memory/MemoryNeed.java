package io.edgellm.inference.memory;

/**
 * What a loaded model takes, in bytes. An estimate from the declarations of the graph and the sizes
 * of its files; what kernels repack and what a pass needs in between is bounded from above.
 *
 * @param weightsBytes the files of the graph; the system can drop pages that were mapped
 * @param packedBytes copies of weights that kernels make in an order of their own; 0 with a
 *     prepacked file
 * @param cacheBytes keys and values of all slots, reserved when the model loads
 * @param logitsBytes the rows of logits that Java reads
 * @param passBytes what a pass over a whole chunk of a prompt holds in between
 */
public record MemoryNeed(
    long weightsBytes, long packedBytes, long cacheBytes, long logitsBytes, long passBytes) {

  /** Returns the sum. */
  public long totalBytes() {
    return weightsBytes + packedBytes + cacheBytes + logitsBytes + passBytes;
  }

  @Override
  public String toString() {
    return mebibytes(totalBytes())
        + " (weights "
        + mebibytes(weightsBytes)
        + ", packed copies "
        + mebibytes(packedBytes)
        + ", cache "
        + mebibytes(cacheBytes)
        + ", logits "
        + mebibytes(logitsBytes)
        + ", a pass "
        + mebibytes(passBytes)
        + ")";
  }

  /** Returns a size for people, rounded up. */
  public static String mebibytes(long bytes) {
    return ((bytes + (1 << 20) - 1) >> 20) + " MiB";
  }
}
