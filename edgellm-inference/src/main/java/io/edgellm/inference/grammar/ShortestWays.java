package io.edgellm.inference.grammar;

import java.util.Arrays;
import java.util.BitSet;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;

/**
 * How few symbols lead from each state to the end of its rule, and which one comes first: Knuth's
 * generalization of Dijkstra's algorithm to context-free grammars (Information Processing Letters
 * 6, 1977). What a call costs is known as soon as both the rule and what follows it are.
 */
final class ShortestWays {
  /** No way, or one that is longer than any answer. */
  static final int ENDLESS = 1 << 28;

  private static final String PREFERRED = "a0 ";

  private final Tables tables;
  private final int[] cost;
  private final int[] way;

  /**
   * @param usable the symbols that a way may consist of
   */
  ShortestWays(Tables tables, BitSet usable) {
    this.tables = tables;
    this.cost = new int[tables.states()];
    this.way = new int[tables.states()];
    Arrays.fill(cost, ENDLESS);
    new Search(usable).run();
  }

  int cost(int state) {
    return cost[state];
  }

  /**
   * How a state goes on: a symbol if it is not negative, otherwise the call {@code -1 - way}. Has
   * no meaning where the cost is 0 or {@link #ENDLESS}.
   */
  int way(int state) {
    return way[state];
  }

  /** Adds two costs. */
  static int sum(int a, int b) {
    return Math.min(a + b, ENDLESS);
  }

  private final class Search {
    private final PriorityQueue<Long> queue = new PriorityQueue<>();
    private final BitSet done = new BitSet();
    private final BitSet usable;
    private final int[] edgeSource = new int[tables.edges()];
    private final int[] callSource = new int[tables.calls()];
    private final Buckets edgesByTarget;
    private final Buckets callsByTarget;
    private final Buckets callsByStart;

    Search(BitSet usable) {
      this.usable = usable;
      for (int state = 0; state < tables.states(); state++) {
        Arrays.fill(edgeSource, tables.firstEdge(state), tables.firstEdge(state + 1), state);
        Arrays.fill(callSource, tables.firstCall(state), tables.firstCall(state + 1), state);
      }
      int states = tables.states();
      edgesByTarget = new Buckets(states, tables.edges(), tables::edgeTarget);
      callsByTarget = new Buckets(states, tables.calls(), tables::callTarget);
      callsByStart = new Buckets(states, tables.calls(), c -> tables.ruleStart(tables.callRule(c)));
    }

    void run() {
      for (int state = 0; state < tables.states(); state++) {
        if (tables.accepts(state)) {
          relax(state, 0, 0);
        }
      }
      while (!queue.isEmpty()) {
        int state = (int) (queue.remove() & 0x7FFF_FFFF);
        if (!done.get(state)) {
          done.set(state);
          settle(state);
        }
      }
    }

    private void settle(int state) {
      edgesByTarget.forEach(state, this::viaEdge);
      callsByTarget.forEach(state, this::viaCall);
      callsByStart.forEach(state, this::viaCall);
    }

    private void viaEdge(int edge) {
      int symbol = symbol(tables.edgeFirst(edge), tables.edgeLast(edge));
      if (symbol >= 0) {
        relax(edgeSource[edge], sum(cost[tables.edgeTarget(edge)], 1), symbol);
      }
    }

    private void viaCall(int call) {
      int start = tables.ruleStart(tables.callRule(call));
      int after = tables.callTarget(call);
      if (done.get(start) && done.get(after)) {
        relax(callSource[call], sum(cost[start], cost[after]), -1 - call);
      }
    }

    private void relax(int state, int newCost, int newWay) {
      if (newCost < cost[state]) {
        cost[state] = newCost;
        way[state] = newWay;
        queue.add(((long) newCost << 32) | state);
      }
    }

    /** A usable symbol of a range, a harmless one if there is a choice; -1 if there is none. */
    private int symbol(int first, int last) {
      for (int i = 0; i < PREFERRED.length(); i++) {
        int preferred = PREFERRED.charAt(i);
        if (first <= preferred && preferred <= last && usable.get(preferred)) {
          return preferred;
        }
      }
      int next = usable.nextSetBit(first);
      return next <= last ? next : -1;
    }
  }

  /** Numbers by what they have in common. */
  private static final class Buckets {
    private final int[] offset;
    private final int[] members;

    Buckets(int buckets, int count, IntUnaryOperator bucketOf) {
      offset = new int[buckets + 2];
      members = new int[count];
      for (int i = 0; i < count; i++) {
        offset[bucketOf.applyAsInt(i) + 2]++;
      }
      for (int b = 2; b < offset.length; b++) {
        offset[b] += offset[b - 1];
      }
      for (int i = 0; i < count; i++) {
        members[offset[bucketOf.applyAsInt(i) + 1]++] = i;
      }
    }

    void forEach(int bucket, IntConsumer action) {
      for (int i = offset[bucket]; i < offset[bucket + 1]; i++) {
        action.accept(members[i]);
      }
    }
  }
}
