package io.edgellm.transfer;

import java.util.Optional;

/**
 * The part of a file that is asked for.
 *
 * @param offsetBytes where it begins, not negative
 * @param lengthBytes how long it is, above zero; {@link Long#MAX_VALUE} for all that there is
 */
public record ByteRange(long offsetBytes, long lengthBytes) {
  private static final long TO_THE_END = Long.MAX_VALUE;

  /** All of a file. */
  public static final ByteRange WHOLE = new ByteRange(0, TO_THE_END);

  /** Refuses what is no part of any file. */
  public ByteRange {
    if (offsetBytes < 0 || lengthBytes <= 0) {
      throw new IllegalArgumentException(
          "A part of a file begins at 0 at the earliest and has bytes: "
              + lengthBytes
              + " from "
              + offsetBytes
              + ".");
    }
    if (lengthBytes != TO_THE_END) {
      Math.addExact(offsetBytes, lengthBytes);
    }
  }

  /** All of a file from a byte on. */
  public static ByteRange from(long offsetBytes) {
    return new ByteRange(offsetBytes, TO_THE_END);
  }

  /** Returns the value of the header {@code Range}; none for a whole file. */
  public Optional<String> header() {
    if (lengthBytes != TO_THE_END) {
      return Optional.of("bytes=" + offsetBytes + "-" + (offsetBytes + lengthBytes - 1));
    }
    return offsetBytes == 0 ? Optional.empty() : Optional.of("bytes=" + offsetBytes + "-");
  }
}
