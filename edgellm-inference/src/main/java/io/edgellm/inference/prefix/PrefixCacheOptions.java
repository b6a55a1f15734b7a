package io.edgellm.inference.prefix;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How much a prefix cache may keep, and where.
 *
 * @param hostBytes images in memory; those in use at the moment when they are driven out come on
 *     top
 * @param directory where images are kept on disk, or null for nowhere; they hold the tokens and
 *     thereby the text of prompts
 * @param diskBytes bound of that directory, over all processes that use it
 * @param fewestTokens what saves fewer tokens than this is neither kept nor restored
 */
public record PrefixCacheOptions(
    long hostBytes, @Nullable Path directory, long diskBytes, int fewestTokens) {
  /** Fewer tokens than a short system prompt has are read about as fast as an image is restored. */
  public static final int DEFAULT_FEWEST_TOKENS = 32;

  /** Refuses what is negative. */
  public PrefixCacheOptions {
    if (hostBytes < 0 || diskBytes < 0 || fewestTokens < 1) {
      throw new IllegalArgumentException(
          "bytes must not be negative, and the fewest tokens at least 1");
    }
  }

  /** Keeps images in memory alone. */
  public static PrefixCacheOptions inMemory(long hostBytes) {
    return new PrefixCacheOptions(hostBytes, null, 0, DEFAULT_FEWEST_TOKENS);
  }

  /** Keeps images on disk, too. */
  public PrefixCacheOptions withDirectory(Path ofSnapshots, long mostBytes) {
    return new PrefixCacheOptions(hostBytes, ofSnapshots, mostBytes, fewestTokens);
  }
}
