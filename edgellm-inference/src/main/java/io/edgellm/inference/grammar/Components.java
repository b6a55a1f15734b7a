package io.edgellm.inference.grammar;

import java.util.Arrays;
import java.util.List;

/**
 * The strongly connected components of a graph of rules, by Tarjan, without recursion of our own: a
 * chain of rules may be long.
 */
final class Components {
  private static final int UNSEEN = -1;

  private final List<int[]> successors;
  private final int[] component;
  private final int[] index;
  private final int[] low;
  private final IntList path = new IntList();
  private final IntList open = new IntList();
  private final IntList position = new IntList();
  private final IntList finished = new IntList();
  private int seen;
  private int components;

  /**
   * @param successors the graph: by node, where its edges lead
   */
  Components(List<int[]> successors) {
    this.successors = successors;
    this.component = new int[successors.size()];
    this.index = new int[successors.size()];
    this.low = new int[successors.size()];
    Arrays.fill(component, UNSEEN);
    Arrays.fill(index, UNSEEN);
    for (int node = 0; node < successors.size(); node++) {
      if (index[node] == UNSEEN) {
        explore(node);
      }
    }
  }

  private void explore(int root) {
    enter(root);
    while (!path.isEmpty()) {
      int top = path.size() - 1;
      int node = path.get(top);
      int next = position.get(top);
      int[] edges = successors.get(node);
      if (next < edges.length) {
        position.set(top, next + 1);
        int target = edges[next];
        if (index[target] == UNSEEN) {
          enter(target);
        } else if (component[target] == UNSEEN) {
          low[node] = Math.min(low[node], index[target]);
        }
        continue;
      }
      leave(node);
    }
  }

  private void enter(int node) {
    index[node] = seen;
    low[node] = seen++;
    path.add(node);
    position.add(0);
    open.add(node);
  }

  private void leave(int node) {
    path.removeLast();
    position.removeLast();
    if (!path.isEmpty()) {
      int parent = path.get(path.size() - 1);
      low[parent] = Math.min(low[parent], low[node]);
    }
    if (low[node] != index[node]) {
      return;
    }
    int member;
    do {
      member = open.removeLast();
      component[member] = components;
      finished.add(member);
    } while (member != node);
    components++;
  }

  /** Whether there is a way from each of the two to the other. */
  boolean together(int a, int b) {
    return component[a] == component[b];
  }

  /** All nodes, and before each one, outside of cycles, those that its edges lead to. */
  int[] successorsFirst() {
    return finished.toArray();
  }
}
