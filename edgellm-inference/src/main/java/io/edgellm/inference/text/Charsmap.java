package io.edgellm.inference.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * SentencePiece's {@code precompiled_charsmap}, walked through before the native library gets it:
 * that one ends the process where the map leads out of its array.
 *
 * <p>A map is the size of a double-array trie in bytes, the trie (Darts-clone: units of 32 bits),
 * and the replacements, each ended by a zero byte.
 */
final class Charsmap {
  private final IntBuffer units;
  private final byte[] replacements;

  private Charsmap(IntBuffer units, byte[] replacements) {
    this.units = units;
    this.replacements = replacements;
  }

  /** Whether every text can be looked up in the map. */
  static boolean isSound(String base64) {
    byte[] blob;
    try {
      blob = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
    if (blob.length < 8) {
      return false;
    }
    ByteBuffer bytes = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
    int trieBytes = bytes.getInt();
    if (trieBytes < 4 || trieBytes % 4 != 0 || trieBytes > bytes.remaining()) {
      return false;
    }
    byte[] replacements = new byte[bytes.remaining() - trieBytes];
    bytes.get(4 + trieBytes, replacements);
    IntBuffer units =
        bytes.limit(4 + trieBytes).slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    return isUtf8(replacements) && new Charsmap(units, replacements).isSound();
  }

  private boolean isSound() {
    BitSet seen = new BitSet();
    Deque<Integer> nodes = new ArrayDeque<>();
    nodes.add(0);
    while (!nodes.isEmpty()) {
      int node = nodes.remove();
      int base = node ^ offset(units.get(node));
      if (base < 0 || (base | 0xFF) >= units.limit()) {
        return false;
      }
      if (isLeaf(units.get(node)) && !isReplacement(units.get(base) & Integer.MAX_VALUE)) {
        return false;
      }
      for (int value = 1; value < 256; value++) {
        int child = base ^ value;
        if ((units.get(child) & 0x8000_00FF) == value && !seen.get(child)) {
          seen.set(child);
          nodes.add(child);
        }
      }
    }
    return true;
  }

  /** Whether a replacement may begin here: within the list, and not within a character. */
  private boolean isReplacement(int start) {
    return start < replacements.length && (replacements[start] & 0xC0) != 0x80;
  }

  private static boolean isLeaf(int unit) {
    return (unit >> 8 & 1) == 1;
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 1 << 9) >> 6);
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
