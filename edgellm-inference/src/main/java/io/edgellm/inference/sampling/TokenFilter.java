package io.edgellm.inference.sampling;

/**
 * Which tokens may come next. A sampler draws first and asks {@link #allows}, which is cheap; only
 * if the token is refused it takes {@link #allowed} and draws again among those.
 *
 * <p>The two agree. Neither changes what may come next. For one thread.
 */
public interface TokenFilter {
  /** Whether the token may come next; an id that the vocabulary does not have may not. */
  boolean allows(int token);

  /**
   * Returns the tokens that may come next, one bit each: token {@code t} is bit {@code t % 64} of
   * word {@code t / 64}, and ids beyond the array may not come. The array belongs to the filter and
   * holds until what may come next changes; it must not be written to.
   */
  long[] allowed();
}
