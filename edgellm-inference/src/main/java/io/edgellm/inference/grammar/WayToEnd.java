package io.edgellm.inference.grammar;

/** Spells out the shortest way to the end. */
final class WayToEnd {
  private final Grammar grammar;
  private final IntList symbols = new IntList();

  WayToEnd(Grammar grammar) {
    this.grammar = grammar;
  }

  int[] from(int state, Stack stack) {
    finish(state);
    Stack open = stack;
    while (!open.isBottom()) {
      int cheapest = 0;
      for (int i = 1; i < open.readings(); i++) {
        if (cost(open, i) < cost(open, cheapest)) {
          cheapest = i;
        }
      }
      finish(open.returnTo(cheapest));
      open = open.below(cheapest);
    }
    return symbols.toArray();
  }

  private int cost(Stack open, int reading) {
    return ShortestWays.sum(
        grammar.ways().cost(open.returnTo(reading)), open.below(reading).cost());
  }

  /** From a state to the end of its rule, and of the rules that are called on the way. */
  private void finish(int from) {
    IntList returns = new IntList();
    returns.add(from);
    while (!returns.isEmpty()) {
      int state = returns.removeLast();
      if (grammar.ways().cost(state) == 0) {
        continue;
      }
      int way = grammar.ways().way(state);
      if (way >= 0) {
        symbols.add(way);
        returns.add(grammar.next(state, way));
      } else {
        int call = -1 - way;
        returns.add(grammar.tables().callTarget(call));
        returns.add(grammar.tables().ruleStart(grammar.tables().callRule(call)));
      }
    }
  }
}
