package io.edgellm.peer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/**
 * What a node says about one file: which chunks it has, and which it is fetching from the origin.
 *
 * <p>On the wire, numbers with their high byte first:
 *
 * <pre>
 *  0   4  "EDLB"
 *  4   1  version, 1
 *  5   1  flags: bit 0 = this node asks the origin for this file
 *            bit 1 = what it claims it only intends to fetch; the others are 0
 *  6   2  0
 *  8   4  number of chunks, n
 * 12   4  0
 * 16  16  name of the node
 * 32   m  chunks it has: bit i%8 of byte i/8, the low bit first; m = ceil(n/8), unused bits are 0
 *  .   m  chunks it claims: it is fetching them from the origin, or about to
 * </pre>
 *
 * @param node who says so
 * @param chunks how many chunks the file has
 * @param asksOrigin whether the node asks the origin for this file
 * @param intends whether it has not begun to fetch what it claims
 * @param have the chunks that it has
 * @param claimed the chunks that it is fetching from the origin, or about to fetch
 */
record ChunkMap(
    NodeId node, int chunks, boolean asksOrigin, boolean intends, BitSet have, BitSet claimed) {
  private static final int MAGIC = 0x45444c42;
  private static final byte VERSION = 1;
  private static final byte ASKS_ORIGIN = 1;
  private static final byte INTENDS = 2;
  private static final int HEAD_BYTES = 32;

  ChunkMap {
    have = (BitSet) have.clone();
    claimed = (BitSet) claimed.clone();
    if (have.length() > chunks || claimed.length() > chunks) {
      throw new IllegalArgumentException("A map of " + chunks + " chunks names others.");
    }
  }

  @Override
  public BitSet have() {
    return (BitSet) have.clone();
  }

  @Override
  public BitSet claimed() {
    return (BitSet) claimed.clone();
  }

  /** Returns how many bytes the map of a file with so many chunks has. */
  static int encodedBytes(int chunks) {
    return HEAD_BYTES + 2 * bitmapBytes(chunks);
  }

  private static int bitmapBytes(int chunks) {
    return (int) (((long) chunks + 7) / 8);
  }

  boolean isComplete() {
    return have.cardinality() == chunks;
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(encodedBytes(chunks));
    int flags = (asksOrigin ? ASKS_ORIGIN : 0) | (intends ? INTENDS : 0);
    out.putInt(MAGIC).put(VERSION).put((byte) flags).putShort((short) 0);
    out.putInt(chunks).putInt(0).put(node.bytes());
    out.put(Arrays.copyOf(have.toByteArray(), bitmapBytes(chunks)));
    out.put(Arrays.copyOf(claimed.toByteArray(), bitmapBytes(chunks)));
    return out.array();
  }

  /**
   * Reads the map of a file.
   *
   * @param chunks how many chunks the manifest says that the file has
   * @return empty if it is not such a map, to the last bit
   */
  static Optional<ChunkMap> decode(ByteBuffer bytes, int chunks) {
    if (bytes.remaining() != encodedBytes(chunks)) {
      return Optional.empty();
    }
    ByteBuffer in = bytes.duplicate();
    boolean known = in.getInt() == MAGIC && in.get() == VERSION;
    byte flags = in.get();
    if (!known || (flags & ~(ASKS_ORIGIN | INTENDS)) != 0 || in.getShort() != 0) {
      return Optional.empty();
    }
    if (in.getInt() != chunks || in.getInt() != 0) {
      return Optional.empty();
    }
    byte[] node = new byte[NodeId.BYTES];
    in.get(node);
    BitSet have = bitmap(in, chunks);
    BitSet claimed = bitmap(in, chunks);
    return have.length() > chunks || claimed.length() > chunks
        ? Optional.empty()
        : Optional.of(
            new ChunkMap(
                NodeId.of(node),
                chunks,
                (flags & ASKS_ORIGIN) != 0,
                (flags & INTENDS) != 0,
                have,
                claimed));
  }

  private static BitSet bitmap(ByteBuffer in, int chunks) {
    byte[] bits = new byte[bitmapBytes(chunks)];
    in.get(bits);
    return BitSet.valueOf(bits);
  }
}
