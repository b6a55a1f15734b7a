package io.edgellm.delta;

/**
 * The cheapest way through a row of blocks, each told in one of several ways, where to change the
 * way costs something (Viterbi 1967).
 */
final class CheapestPath {
  private CheapestPath() {}

  /**
   * Returns the way of every block.
   *
   * @param costs of block and way, up to {@code Integer.MAX_VALUE} for what is impossible
   * @param changeCost what it costs to go on in another way
   */
  static int[] through(int[][] costs, int changeCost) {
    int blocks = costs.length;
    int ways = costs[0].length;
    long[] total = new long[ways];
    int[][] from = new int[blocks][ways];
    for (int block = 0; block < blocks; block++) {
      int best = cheapest(total);
      long changed = total[best] + (block == 0 ? 0 : changeCost);
      long[] next = new long[ways];
      for (int way = 0; way < ways; way++) {
        boolean stays = total[way] <= changed;
        from[block][way] = stays ? way : best;
        next[way] = (stays ? total[way] : changed) + costs[block][way];
      }
      total = next;
    }
    int[] path = new int[blocks];
    int way = cheapest(total);
    for (int block = blocks - 1; block >= 0; block--) {
      path[block] = way;
      way = from[block][way];
    }
    return path;
  }

  private static int cheapest(long[] costs) {
    int best = 0;
    for (int i = 1; i < costs.length; i++) {
      best = costs[i] < costs[best] ? i : best;
    }
    return best;
  }
}
