package io.edgellm.inference.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ends a stream of text at the first stop string, wherever the tokens cut it.
 *
 * <p>Text that may be the beginning of a stop string is held back until it is known not to be, and
 * no longer: what is held is always the longest end of the text that begins a stop string. If
 * several stop strings end at the same character, the one that began first wins; the stop string
 * itself and everything after it are never returned.
 *
 * <p>The stop strings are one automaton (Aho and Corasick, <i>Efficient String Matching</i>, CACM
 * 1975), whose state is that longest end: a character costs the same for one stop string and for a
 * thousand, however long they are.
 *
 * <p>For one stream and one thread.
 */
public final class StopStrings {
  private final boolean none;
  private final StringBuilder held = new StringBuilder();
  private Node at;
  private Optional<String> matched = Optional.empty();

  /**
   * @param stops the strings, none of them empty; with no string at all, text passes through
   * @throws IllegalArgumentException if one is empty
   */
  public StopStrings(Collection<String> stops) {
    none = stops.isEmpty();
    Node root = new Node();
    at = root;
    for (String stop : stops) {
      if (stop.isEmpty()) {
        throw new IllegalArgumentException("A stop string is empty; it would stop at once.");
      }
      root.add(stop);
    }
    root.link();
  }

  /** Takes more text and returns what may be shown; after a match, nothing. */
  public String next(String text) {
    if (matched.isPresent()) {
      return "";
    }
    if (none) {
      return text;
    }
    for (int i = 0; i < text.length(); i++) {
      held.append(text.charAt(i));
      at = at.next(text.charAt(i));
      if (at.longestStop > 0) {
        matched = Optional.of(held.substring(held.length() - at.longestStop));
        return take(held.length() - at.longestStop);
      }
    }
    return take(held.length() - at.depth);
  }

  /** Ends the stream and returns what was held back and is no stop string. */
  public String finish() {
    return matched.isPresent() ? "" : take(held.length());
  }

  /** Returns the stop string that ended the text, if one did. */
  public Optional<String> matched() {
    return matched;
  }

  private String take(int length) {
    String taken = held.substring(0, length);
    held.delete(0, length);
    return taken;
  }

  /** The beginning of a stop string. */
  private static final class Node {
    private final Map<Character, Node> children = new HashMap<>();
    private final int depth;

    /** The longest end of this beginning that begins a stop string as well; the root's own root. */
    private Node shorter = this;

    /** The length of the longest stop string with which this beginning ends; 0: none. */
    private int longestStop;

    Node() {
      depth = 0;
    }

    private Node(Node parent) {
      depth = parent.depth + 1;
    }

    Node next(char c) {
      Node from = this;
      while (from.depth > 0 && !from.children.containsKey(c)) {
        from = from.shorter;
      }
      return from.children.getOrDefault(c, from);
    }

    void add(String stop) {
      Node node = this;
      for (int i = 0; i < stop.length(); i++) {
        Node parent = node;
        node = node.children.computeIfAbsent(stop.charAt(i), c -> new Node(parent));
      }
      node.longestStop = node.depth;
    }

    /** Links all nodes below the root, the shallow ones first. */
    void link() {
      List<Node> level = List.of(this);
      while (!level.isEmpty()) {
        List<Node> deeper = new ArrayList<>();
        for (Node node : level) {
          node.children.forEach((c, child) -> child.link(c, node, this));
          deeper.addAll(node.children.values());
        }
        level = deeper;
      }
    }

    private void link(char c, Node parent, Node root) {
      shorter = parent == root ? root : parent.shorter.next(c);
      longestStop = Math.max(longestStop, shorter.longestStop);
    }
  }
}
