package io.edgellm.inference.prefix;

import io.edgellm.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What stands before the image in a snapshot file, little-endian:
 *
 * <pre>
 *   0   8  "EDGELMPX"
 *   8   4  version of the format: 1
 *  12   4  1 if the image is divisible, else 0
 *  16  32  digest of the model
 *  48  32  digest of the cache layout
 *  80  28  version of the runtime, ASCII, filled up with zeros
 * 108   4  number of tokens n
 * 112   8  bytes of the image m
 * 120   4  CRC-32C of the image
 * 124   4  CRC-32C of bytes 0 to 123 and of the tokens
 * 128  4n  tokens
 * 128+4n  m  image; the file ends here
 * </pre>
 *
 * @param prefix model and tokens
 * @param imageBytes how long the image is
 * @param imageChecksum its CRC-32C
 */
record SnapshotHeader(Prefix prefix, int imageBytes, int imageChecksum) {
  static final int FIXED_BYTES = 128;
  static final int MOST_TOKENS = 1 << 22;

  private static final byte[] MAGIC = "EDGELMPX".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int CHECKSUM_AT = 124;
  private static final int TOKENS_AT = 108;

  /** Returns how many bytes come before the image. */
  int bytes() {
    return FIXED_BYTES + prefix.length() * Integer.BYTES;
  }

  /** Returns how long the file is. */
  long fileBytes() {
    return (long) bytes() + imageBytes;
  }

  ByteBuffer encode() {
    ByteBuffer out = ByteBuffer.allocate(bytes()).order(ByteOrder.LITTLE_ENDIAN);
    ModelKey model = prefix.model();
    out.put(MAGIC).putInt(VERSION).putInt(model.divisible() ? 1 : 0);
    out.put(model.model().bytes()).put(model.layout().bytes());
    out.put(model.runtime().getBytes(StandardCharsets.US_ASCII));
    out.position(TOKENS_AT);
    out.putInt(prefix.length()).putLong(imageBytes).putInt(imageChecksum);
    out.position(FIXED_BYTES).asIntBuffer().put(prefix.tokens());
    out.putInt(CHECKSUM_AT, checksum(out));
    return out.clear();
  }

  private static int checksum(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate().position(0).limit(CHECKSUM_AT));
    crc.update(header.duplicate().clear().position(FIXED_BYTES));
    return (int) crc.getValue();
  }

  /**
   * Looks at the first {@link #FIXED_BYTES} of a file, of which nothing is certain yet.
   *
   * @param fixed little-endian
   */
  static Optional<Refusal> refusalOf(ByteBuffer fixed) {
    byte[] magic = new byte[MAGIC.length];
    fixed.get(0, magic);
    if (!Arrays.equals(magic, MAGIC)) {
      return Optional.of(Refusal.NOT_A_SNAPSHOT);
    }
    if (fixed.getInt(MAGIC.length) != VERSION) {
      return Optional.of(Refusal.OTHER_VERSION);
    }
    int tokens = fixed.getInt(TOKENS_AT);
    return tokens < 1 || tokens > MOST_TOKENS
        ? Optional.of(Refusal.DAMAGED_HEADER)
        : Optional.empty();
  }

  /** Returns how many bytes come before the image if the number of tokens is right. */
  static int bytes(ByteBuffer fixed) {
    return FIXED_BYTES + fixed.getInt(TOKENS_AT) * Integer.BYTES;
  }

  /**
   * Reads what comes before the image.
   *
   * @param header exactly that, little-endian
   * @return empty if it is damaged
   */
  static Optional<SnapshotHeader> decode(ByteBuffer header) {
    if (checksum(header) != header.getInt(CHECKSUM_AT)) {
      return Optional.empty();
    }
    ByteBuffer in = header.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(12);
    int divisible = in.getInt();
    Sha256 model = Sha256.of(bytes(in, 32), 0);
    Sha256 layout = Sha256.of(bytes(in, 32), 0);
    String runtime = new String(bytes(in, ModelKey.RUNTIME_BYTES), StandardCharsets.US_ASCII);
    int[] tokens = new int[in.getInt()];
    long imageBytes = in.getLong();
    int imageChecksum = in.getInt();
    in.position(FIXED_BYTES).asIntBuffer().get(tokens);
    if (imageBytes < 1 || imageBytes > Integer.MAX_VALUE || divisible < 0 || divisible > 1) {
      return Optional.empty();
    }
    try {
      ModelKey key = new ModelKey(model, layout, runtime.replaceAll("\0+$", ""), divisible == 1);
      Prefix prefix = new Prefix(key, tokens, tokens.length);
      return Optional.of(new SnapshotHeader(prefix, (int) imageBytes, imageChecksum));
    } catch (IllegalArgumentException e) {
      // The checksum is right, so that somebody wrote this on purpose.
      return Optional.empty();
    }
  }

  private static byte[] bytes(ByteBuffer in, int count) {
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  /** Returns why this is not the snapshot of a prefix; empty if it is. */
  Optional<Refusal> refusalFor(Prefix wanted) {
    ModelKey mine = prefix.model();
    ModelKey theirs = wanted.model();
    if (!mine.model().equals(theirs.model())) {
      return Optional.of(Refusal.OTHER_MODEL);
    }
    if (!mine.layout().equals(theirs.layout())) {
      return Optional.of(Refusal.OTHER_LAYOUT);
    }
    if (!mine.runtime().equals(theirs.runtime())) {
      return Optional.of(Refusal.OTHER_RUNTIME);
    }
    if (mine.divisible() != theirs.divisible()) {
      return Optional.of(Refusal.OTHER_KIND);
    }
    return prefix.equals(wanted) ? Optional.empty() : Optional.of(Refusal.OTHER_TOKENS);
  }
}
