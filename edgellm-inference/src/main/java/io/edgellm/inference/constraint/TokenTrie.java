package io.edgellm.inference.constraint;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntFunction;

/**
 * The texts of tokens as a trie over bytes, in four flat arrays in the order of a depth-first walk:
 * a walk reads memory from front to back, and leaves out a subtree by going on where it ends.
 *
 * <p>The root is node 0 and stands for no bytes. Tokens with the same bytes share a node.
 * Immutable; about 11 bytes per node and 4 per token, 5 MB for 128,000 tokens.
 */
final class TokenTrie {
  static final int ROOT = 0;
  static final int NONE = -1;

  private final byte[] value;
  private final int[] end;
  private final short[] depth;
  private final int[] firstToken;
  private final int[] tokens;
  private final int[] rootChild = new int[256];

  /**
   * @param ids the tokens, none of which is empty
   * @param bytes what they stand for
   */
  TokenTrie(int[] ids, IntFunction<byte[]> bytes) {
    Spelling[] sorted =
        Arrays.stream(ids)
            .mapToObj(id -> new Spelling(id, bytes.apply(id)))
            .toArray(Spelling[]::new);
    Arrays.sort(sorted, Spelling.ORDER);
    int nodes = 1;
    byte[] before = {};
    for (Spelling spelling : sorted) {
      nodes += spelling.bytes.length - shared(before, spelling.bytes);
      before = spelling.bytes;
    }
    value = new byte[nodes];
    end = new int[nodes];
    depth = new short[nodes];
    firstToken = new int[nodes + 1];
    tokens = new int[sorted.length];
    fill(sorted);
    Arrays.fill(rootChild, NONE);
    for (int node = 1; node < nodes; node = end[node]) {
      rootChild[value[node] & 0xFF] = node;
    }
  }

  private static final class Spelling {
    private static final Comparator<Spelling> ORDER =
        Comparator.<Spelling, byte[]>comparing(s -> s.bytes, Arrays::compareUnsigned)
            .thenComparingInt(s -> s.id);

    private final int id;
    private final byte[] bytes;

    Spelling(int id, byte[] bytes) {
      this.id = id;
      this.bytes = bytes;
    }
  }

  private static int shared(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  private void fill(Spelling[] sorted) {
    int longest = 0;
    for (Spelling spelling : sorted) {
      longest = Math.max(longest, spelling.bytes.length);
    }
    int[] path = new int[longest + 1];
    int open = 0;
    int node = 1;
    byte[] before = {};
    for (int t = 0; t < sorted.length; t++) {
      byte[] text = sorted[t].bytes;
      int common = shared(before, text);
      while (open > common) {
        end[path[open--]] = node;
      }
      while (open < text.length) {
        value[node] = text[open];
        depth[node] = (short) ++open;
        firstToken[node] = t;
        path[open] = node++;
      }
      tokens[t] = sorted[t].id;
      before = text;
    }
    while (open >= 0) {
      end[path[open--]] = node;
    }
    firstToken[node] = sorted.length;
  }

  /** The last byte of what a node stands for, 0 to 255. */
  int value(int node) {
    return value[node] & 0xFF;
  }

  /** The first node behind the subtree of a node. */
  int end(int node) {
    return end[node];
  }

  boolean hasChildren(int node) {
    return end[node] > node + 1;
  }

  /** How many bytes a node stands for. */
  int depth(int node) {
    return depth[node];
  }

  int longest() {
    int longest = 0;
    for (short d : depth) {
      longest = Math.max(longest, d);
    }
    return longest;
  }

  /** How many tokens have exactly the bytes of a node. */
  int tokenCount(int node) {
    return firstToken[node + 1] - firstToken[node];
  }

  int token(int node, int index) {
    return tokens[firstToken[node] + index];
  }

  /** The node behind a byte, or {@link #NONE}. */
  int child(int node, int next) {
    if (node == ROOT) {
      return rootChild[next];
    }
    for (int child = node + 1; child < end[node]; child = end[child]) {
      if (value(child) == next) {
        return child;
      }
    }
    return NONE;
  }
}
