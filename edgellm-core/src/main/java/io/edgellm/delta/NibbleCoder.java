package io.edgellm.delta;

/**
 * Codes of four bits. After a small change of the weights most codes stay, and nearly all others go
 * one up or down.
 *
 * <p>Eight bytes are a group: first whether anything in it changed, in the context of the last
 * groups; then, code by code, whether it changed, in the context of the old code and, while nothing
 * in the group changed yet, of the place in it, since one of them must have. A change is a step, up
 * or down, or a jump to any code. After a jump other contexts apply for a block of {@link
 * #JUMP_MEMORY} codes: where a block's far end changes sides, every code of it is mirrored, which
 * they learn.
 */
final class NibbleCoder extends ElementCoder {
  private static final int GROUP_BYTES = 8;
  private static final int GROUP_CODES = 2 * GROUP_BYTES;
  private static final int CODES = 16;
  private static final int GROUP_HISTORY = 16;

  /** Contexts of "has it changed": 16 places before the first change, after one, after a jump. */
  private static final int AFTER_CHANGE = GROUP_CODES;

  private static final int AFTER_JUMP = AFTER_CHANGE + 1;
  private static final int PLACES = AFTER_JUMP + 1;
  private static final int JUMP_MEMORY = 16;
  private static final byte[] NOTHING = new byte[GROUP_BYTES];

  private final int[] groups = contexts(2 * GROUP_HISTORY);
  private final int[] changes = contexts(PLACES * CODES);
  private final int[] steps = contexts(2 * CODES);
  private final int[] directions = contexts(2 * CODES);
  private final int[] jumps = contexts(2 * CODES * CODES);

  private int history;
  private int sinceJump = JUMP_MEMORY;
  private boolean changedInGroup;

  @Override
  void code(BinaryCoder coder, byte[] base, int from, byte[] target, int at, int length) {
    for (int i = 0; i < length; i += GROUP_BYTES) {
      group(coder, base, from + i, target, at + i, Math.min(GROUP_BYTES, length - i));
    }
  }

  @Override
  void codeFresh(BinaryCoder coder, byte[] target, int at, int length) {
    for (int i = 0; i < length; i += GROUP_BYTES) {
      group(coder, NOTHING, 0, target, at + i, Math.min(GROUP_BYTES, length - i));
    }
  }

  private void group(BinaryCoder coder, byte[] base, int from, byte[] target, int at, int length) {
    int differs = 0;
    for (int i = 0; i < length; i++) {
      differs |= base[from + i] ^ target[at + i];
    }
    int context = sinceJump < JUMP_MEMORY ? GROUP_HISTORY | history : history;
    int changed = coder.code(differs == 0 ? 0 : 1, groups, context);
    history = ((history << 1) | changed) & (GROUP_HISTORY - 1);
    if (changed == 0) {
      System.arraycopy(base, from, target, at, length);
      sinceJump = JUMP_MEMORY;
      return;
    }
    changedInGroup = false;
    for (int i = 0; i < length; i++) {
      int old = base[from + i];
      int now = target[at + i];
      int low = element(coder, old & 0xF, now & 0xF, 2 * i);
      int high = element(coder, (old >>> 4) & 0xF, (now >>> 4) & 0xF, 2 * i + 1);
      target[at + i] = (byte) ((high << 4) | low);
    }
  }

  private int element(BinaryCoder coder, int old, int now, int place) {
    boolean jumped = sinceJump < JUMP_MEMORY;
    int where = jumped ? AFTER_JUMP : changedInGroup ? AFTER_CHANGE : place;
    int context = jumped ? CODES | old : old;
    sinceJump++;
    if (coder.code(now == old ? 0 : 1, changes, where * CODES + old) == 0) {
      return old;
    }
    changedInGroup = true;
    int distance = now - old;
    if (coder.code(distance == 1 || distance == -1 ? 0 : 1, steps, context) == 0) {
      int up = coder.code(distance == 1 ? 1 : 0, directions, context);
      // A damaged stream may step below 0 or above 15.
      return (old + 2 * up - 1) & 0xF;
    }
    sinceJump = 0;
    return coder.codeTree(now, 4, jumps, context * CODES);
  }
}
