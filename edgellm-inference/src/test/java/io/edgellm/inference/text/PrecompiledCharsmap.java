package io.edgellm.inference.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * SentencePiece's {@code precompiled_charsmap}: a double-array trie from UTF-8 to places in a list
 * of replacements, behind its size. Each node of the trie takes a block of 256 units here, so that
 * nothing has to be searched for.
 */
final class PrecompiledCharsmap {
  private static final int BLOCK = 256;
  private static final int LEAF = 1 << 8;

  private int[] units = new int[2 * BLOCK];
  private int blocks = 2;
  private final ByteArrayOutputStream replacements = new ByteArrayOutputStream();

  private PrecompiledCharsmap() {
    units[0] = BLOCK << 10;
  }

  static String of(Map<String, String> replacements) {
    PrecompiledCharsmap map = new PrecompiledCharsmap();
    replacements.forEach(map::add);
    ByteBuffer blob =
        ByteBuffer.allocate(4 + map.units.length * 4 + map.replacements.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    blob.putInt(map.units.length * 4);
    for (int unit : map.units) {
      blob.putInt(unit);
    }
    blob.put(map.replacements.toByteArray());
    return Base64.getEncoder().encodeToString(blob.array());
  }

  private void add(String text, String replacement) {
    int base = BLOCK;
    int unit = 0;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      unit = base ^ (b & 0xFF);
      if (units[unit] == 0) {
        units = Arrays.copyOf(units, units.length + BLOCK);
        units[unit] = (b & 0xFF) | (unit ^ blocks * BLOCK) << 10;
        blocks++;
      }
      base = unit ^ units[unit] >>> 10;
    }
    units[unit] |= LEAF;
    units[base] = replacements.size();
    replacements.writeBytes(replacement.getBytes(StandardCharsets.UTF_8));
    replacements.write(0);
  }
}
