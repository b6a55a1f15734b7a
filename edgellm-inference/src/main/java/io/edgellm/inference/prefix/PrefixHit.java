package io.edgellm.inference.prefix;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An image that a prompt can begin with. Restore all {@link #imageTokens()} of it, rewind to {@link
 * #tokens()}, read the rest of the prompt from there, and close this.
 */
public final class PrefixHit implements AutoCloseable {
  private final Image image;
  private final int tokens;
  private final Tier tier;
  private final AtomicBoolean closed = new AtomicBoolean();

  PrefixHit(Image image, int tokens, Tier tier) {
    this.image = image;
    this.tokens = tokens;
    this.tier = tier;
  }

  /** Returns how many of the prompt's tokens need not be read, less than the prompt has. */
  public int tokens() {
    return tokens;
  }

  /** Returns how many tokens the image has; more than the usable ones only if it is divisible. */
  public int imageTokens() {
    return image.prefix().length();
  }

  /** Returns {@link Tier#HOST} or {@link Tier#DISK}. */
  public Tier tier() {
    return tier;
  }

  /**
   * Returns the image from position 0, to be read only, in little-endian order, until this is
   * closed.
   */
  public ByteBuffer image() {
    if (closed.get()) {
      throw new IllegalStateException("The hit is closed, and its memory may be free.");
    }
    return image.content();
  }

  /** Gives the image back. Closing twice does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      image.release();
    }
  }
}
