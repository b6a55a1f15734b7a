package io.edgellm.transfer;

/**
 * What may come over a metered link. The papers of a release always may: they have a few kilobytes,
 * and a device should know what is current.
 *
 * @param maxFileBytes files up to this size come; larger ones wait for another link
 */
public record MeteredUse(long maxFileBytes) {
  /** Refuses a negative size. */
  public MeteredUse {
    if (maxFileBytes < 0) {
      throw new IllegalArgumentException("A size is not negative: " + maxFileBytes);
    }
  }

  /** Everything comes. */
  public static MeteredUse everything() {
    return new MeteredUse(Long.MAX_VALUE);
  }

  /** Nothing but papers comes. */
  public static MeteredUse papersOnly() {
    return new MeteredUse(0);
  }

  /** Small files come. */
  public static MeteredUse filesUpTo(long bytes) {
    return new MeteredUse(bytes);
  }

  boolean allows(long fileBytes) {
    return fileBytes <= maxFileBytes;
  }
}
