package io.edgellm.inference.prefix;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A radix tree over token ids: finds among many sequences the one that begins most like a prompt,
 * in the time that it takes to read that beginning.
 *
 * <p>Edges carry runs of tokens (D. R. Morrison, PATRICIA, JACM 15(4), 1968), since sequences of
 * thousands of tokens part in few places. Every leaf has a value, and every inner node without one
 * has two children or more, so that there are at most twice as many nodes as values.
 *
 * <p>Not thread-safe.
 */
final class TokenTrie<V> {
  /**
   * A sequence that was found.
   *
   * @param tokens how many of its tokens the prompt begins with
   * @param value what is kept for it
   */
  record Match<V>(int tokens, V value) {}

  private static final class Node<V> {
    final Map<Integer, Node<V>> children = new HashMap<>();
    int[] edge;
    int depth;
    @Nullable V value;

    Node(int[] edge, int depth) {
      this.edge = edge;
      this.depth = depth;
    }

    /** Returns how much of the edge the tokens from where it begins agree with. */
    int agreement(int[] tokens, int limit) {
      int from = depth - edge.length;
      int most = Math.min(edge.length, limit - from);
      int mismatch = Arrays.mismatch(edge, 0, most, tokens, from, from + most);
      return mismatch < 0 ? most : mismatch;
    }
  }

  private final Node<V> root = new Node<>(new int[0], 0);
  private int size;

  int size() {
    return size;
  }

  /** Keeps a value for a sequence of at least one token, in place of an earlier one. */
  void put(int[] tokens, V value) {
    Node<V> node = root;
    while (node.depth < tokens.length) {
      Node<V> child = node.children.get(tokens[node.depth]);
      if (child == null) {
        child = new Node<>(Arrays.copyOfRange(tokens, node.depth, tokens.length), tokens.length);
        node.children.put(child.edge[0], child);
      } else {
        int agreement = child.agreement(tokens, tokens.length);
        if (agreement < child.edge.length) {
          child = split(node, child, agreement);
        }
      }
      node = child;
    }
    if (node.value == null) {
      size++;
    }
    node.value = value;
  }

  private static <V> Node<V> split(Node<V> parent, Node<V> child, int at) {
    Node<V> upper = new Node<>(Arrays.copyOf(child.edge, at), parent.depth + at);
    child.edge = Arrays.copyOfRange(child.edge, at, child.edge.length);
    upper.children.put(child.edge[0], child);
    parent.children.put(upper.edge[0], upper);
    return upper;
  }

  /** Forgets a sequence, if it is there. */
  void remove(int[] tokens) {
    Deque<Node<V>> path = new ArrayDeque<>();
    Node<V> node = root;
    while (node.depth < tokens.length) {
      path.push(node);
      Node<V> child = node.children.get(tokens[node.depth]);
      if (child == null || child.agreement(tokens, tokens.length) < child.edge.length) {
        return;
      }
      node = child;
    }
    if (node.value != null) {
      node.value = null;
      size--;
      prune(node, path);
    }
  }

  private static <V> void prune(Node<V> node, Deque<Node<V>> path) {
    if (path.isEmpty()) {
      return;
    }
    Node<V> parent = path.pop();
    if (node.children.isEmpty()) {
      parent.children.remove(node.edge[0]);
      if (parent.value == null && parent.children.size() == 1) {
        prune(parent, path);
      }
    } else if (node.value == null && node.children.size() == 1) {
      Node<V> only = node.children.values().iterator().next();
      int[] edge = Arrays.copyOf(node.edge, node.edge.length + only.edge.length);
      System.arraycopy(only.edge, 0, edge, node.edge.length, only.edge.length);
      only.edge = edge;
      parent.children.put(edge[0], only);
    }
  }

  /** Returns the longest sequence that the prompt begins with as a whole. */
  Optional<Match<V>> longestWhole(int[] prompt, int limit) {
    Optional<Match<V>> longest = Optional.empty();
    Node<V> node = root;
    while (node != null) {
      if (node.value != null) {
        longest = Optional.of(new Match<>(node.depth, node.value));
      }
      Node<V> child = node.depth < limit ? node.children.get(prompt[node.depth]) : null;
      boolean whole = child != null && child.agreement(prompt, limit) == child.edge.length;
      node = whole ? child : null;
    }
    return longest;
  }

  /**
   * Returns a sequence that shares the most first tokens with the prompt; of several the shortest.
   *
   * @param limit how many tokens of the prompt count
   * @return empty if none shares a token
   */
  Optional<Match<V>> longestShared(int[] prompt, int limit) {
    Node<V> node = root;
    int shared = 0;
    while (shared == node.depth && shared < limit) {
      Node<V> child = node.children.get(prompt[shared]);
      if (child == null) {
        break;
      }
      shared += child.agreement(prompt, limit);
      node = child;
    }
    return shared == 0 ? Optional.empty() : Optional.of(new Match<>(shared, shortestBelow(node)));
  }

  private static <V> V shortestBelow(Node<V> top) {
    Deque<Node<V>> open = new ArrayDeque<>();
    open.push(top);
    @Nullable V shortest = null;
    int depth = Integer.MAX_VALUE;
    while (!open.isEmpty()) {
      Node<V> node = open.pop();
      if (node.depth >= depth) {
        continue;
      }
      if (node.value != null) {
        shortest = node.value;
        depth = node.depth;
      } else {
        node.children.values().forEach(open::push);
      }
    }
    if (shortest == null) {
      throw new IllegalStateException("A leaf without a value.");
    }
    return shortest;
  }
}
