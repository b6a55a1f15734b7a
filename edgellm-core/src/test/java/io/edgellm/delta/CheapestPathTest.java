package io.edgellm.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CheapestPathTest {
  private static final long SEED = 5;

  @Test
  void staysWhereAChangeWouldNotPay() {
    int[][] costs = {{0, 9}, {3, 0}, {0, 9}};
    assertThat(CheapestPath.through(costs, 2)).containsExactly(0, 0, 0);
  }

  @Test
  void changesWhereItPays() {
    int[][] costs = {{0, 9}, {9, 0}, {0, 9}};
    assertThat(CheapestPath.through(costs, 2)).containsExactly(0, 1, 0);
  }

  @Test
  void isAsCheapAsTheBestOfAllPaths() {
    for (int i = 0; i < 200; i++) {
      Random random = new Random(SEED + i);
      int[][] costs = new int[1 + random.nextInt(6)][1 + random.nextInt(3)];
      for (int[] row : costs) {
        for (int way = 0; way < row.length; way++) {
          row[way] = random.nextInt(20);
        }
      }
      int[] path = CheapestPath.through(costs, 7);
      assertThat(cost(costs, path)).as("seed %d", SEED + i).isEqualTo(best(costs, new int[0]));
    }
  }

  private static int best(int[][] costs, int[] begun) {
    if (begun.length == costs.length) {
      return cost(costs, begun);
    }
    int best = Integer.MAX_VALUE;
    for (int way = 0; way < costs[0].length; way++) {
      int[] longer = Arrays.copyOf(begun, begun.length + 1);
      longer[begun.length] = way;
      best = Math.min(best, best(costs, longer));
    }
    return best;
  }

  private static int cost(int[][] costs, int[] path) {
    int cost = 0;
    for (int i = 0; i < path.length; i++) {
      cost += costs[i][path[i]] + (i > 0 && path[i] != path[i - 1] ? 7 : 0);
    }
    return cost;
  }
}
