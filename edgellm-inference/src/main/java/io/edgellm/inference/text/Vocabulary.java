package io.edgellm.inference.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The raw bytes of every token: what a streaming decoder writes and what a grammar steps over.
 *
 * <p>The bytes of all tokens lie in one array with an offset per id: a 262,144-entry vocabulary
 * takes 3 MB here, as arrays of their own 10 MB. Ids without an entry (a model's head may be padded
 * beyond its vocabulary) stand for no bytes.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class Vocabulary {
  private static final byte[] NOTHING = {};

  private final byte[] bytes;
  private final int[] offsets;
  private final BitSet special;
  private final BitSet control;
  private final Map<String, Integer> addedIds;

  private Vocabulary(
      byte[] bytes, int[] offsets, BitSet special, BitSet control, Map<String, Integer> addedIds) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.special = special;
    this.control = control;
    this.addedIds = addedIds;
  }

  /** The entries by id, null where an id is not used, and the added tokens, which come first. */
  static Vocabulary of(@Nullable String[] entries, List<AddedToken> added, Pieces pieces) {
    BitSet special = new BitSet();
    BitSet control = new BitSet();
    Map<String, Integer> addedIds = new HashMap<>();
    Map<Integer, AddedToken> addedById = new HashMap<>();
    int size = entries.length;
    for (AddedToken token : added) {
      special.set(token.id(), token.special());
      control.set(token.id(), token.isControl());
      addedIds.put(token.content(), token.id());
      addedById.put(token.id(), token);
      size = Math.max(size, token.id() + 1);
    }
    byte[] bytes = new byte[size * 8 + 16];
    int[] offsets = new int[size + 1];
    for (int id = 0; id < size; id++) {
      AddedToken token = addedById.get(id);
      String entry = id < entries.length ? entries[id] : null;
      byte[] spelled =
          token != null ? pieces.bytes(token) : entry != null ? pieces.bytes(entry) : NOTHING;
      int end = offsets[id] + spelled.length;
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
      }
      System.arraycopy(spelled, 0, bytes, offsets[id], spelled.length);
      offsets[id + 1] = end;
    }
    return new Vocabulary(
        Arrays.copyOf(bytes, offsets[size]), offsets, special, control, Map.copyOf(addedIds));
  }

  /** Returns the number of ids: the highest id and one. */
  public int size() {
    return offsets.length - 1;
  }

  /**
   * Returns the bytes of a token; a copy. A special token has the bytes of its name. An id from
   * {@link #size()} on has none.
   *
   * @throws IndexOutOfBoundsException if the id is negative
   */
  public byte[] bytes(int id) {
    return id >= size() ? new byte[0] : Arrays.copyOfRange(bytes, offsets[id], offsets[id + 1]);
  }

  /** Returns the number of bytes of a token. */
  public int byteCount(int id) {
    return id >= size() ? 0 : offsets[id + 1] - offsets[id];
  }

  /** Returns the bytes of the longest token. */
  public int longestByteCount() {
    int longest = 0;
    for (int id = 0; id < size(); id++) {
      longest = Math.max(longest, byteCount(id));
    }
    return longest;
  }

  /** Returns one byte of a token without copying, as 0 to 255. */
  public int byteAt(int id, int index) {
    return bytes[offsets[id] + Objects.checkIndex(index, byteCount(id))] & 0xFF;
  }

  /** Whether a decoder leaves the token out of the text. */
  public boolean isSpecial(int id) {
    return special.get(id);
  }

  /**
   * Whether the token is one that steers the model (special or like {@code <tool_call>}), which
   * plain text never becomes.
   */
  public boolean isControl(int id) {
    return control.get(id);
  }

  /** Returns the id of an added token, for example {@code <|end|>}. */
  public OptionalInt addedToken(String content) {
    Integer id = addedIds.get(content);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
