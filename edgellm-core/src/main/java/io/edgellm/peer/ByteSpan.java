package io.edgellm.peer;

import io.edgellm.model.Artifact;
import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Some bytes of a file in a row.
 *
 * @param fromBytes the first
 * @param toBytes behind the last
 */
record ByteSpan(long fromBytes, long toBytes) {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /**
   * Reads the value of a Range header for a file of {@code sizeBytes}.
   *
   * @return empty if it is none of a single range, or if the file has no such bytes
   */
  static Optional<ByteSpan> parse(String range, long sizeBytes) {
    Matcher matcher = RANGE.matcher(range);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    if (first.isEmpty()) {
      return last.isEmpty() ? Optional.empty() : suffix(Long.parseLong(last), sizeBytes);
    }
    long from = Long.parseLong(first);
    long to = last.isEmpty() ? sizeBytes : Math.min(sizeBytes, Long.parseLong(last) + 1);
    return from < to ? Optional.of(new ByteSpan(from, to)) : Optional.empty();
  }

  private static Optional<ByteSpan> suffix(long lengthBytes, long sizeBytes) {
    return lengthBytes == 0 || sizeBytes == 0
        ? Optional.empty()
        : Optional.of(new ByteSpan(Math.max(0, sizeBytes - lengthBytes), sizeBytes));
  }

  long lengthBytes() {
    return toBytes - fromBytes;
  }

  /** Returns whether it lies in these chunks. */
  boolean isWithin(BitSet chunks) {
    if (lengthBytes() == 0) {
      return true;
    }
    int first = (int) (fromBytes / Artifact.CHUNK_BYTES);
    int last = (int) ((toBytes - 1) / Artifact.CHUNK_BYTES);
    return chunks.nextClearBit(first) > last;
  }
}
