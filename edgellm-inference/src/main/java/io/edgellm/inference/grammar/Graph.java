package io.edgellm.inference.grammar;

/**
 * A nondeterministic automaton of one rule, under construction: states with edges that read a range
 * of symbols, read nothing, or read what another rule matches.
 */
final class Graph {
  static final int NONE = -1;
  private static final int EPSILON = -1;
  private static final int CALL = -2;

  private final Effort effort;
  private final String rule;
  private final IntList firstEdge = new IntList();
  private final IntList nextEdge = new IntList();
  private final IntList from = new IntList();
  private final IntList to = new IntList();
  private final IntList target = new IntList();

  Graph(Effort effort, String rule) {
    this.effort = effort;
    this.rule = rule;
  }

  String rule() {
    return rule;
  }

  Effort effort() {
    return effort;
  }

  int states() {
    return firstEdge.size();
  }

  int state() {
    effort.steps(4, rule);
    if (states() == Effort.MAX_STATES) {
      throw Effort.tooLarge(rule, Effort.MAX_STATES + " states");
    }
    firstEdge.add(NONE);
    return firstEdge.size() - 1;
  }

  void range(int source, int first, int last, int destination) {
    edge(source, first, last, destination);
  }

  void nothing(int source, int destination) {
    edge(source, EPSILON, 0, destination);
  }

  void call(int source, int called, int destination) {
    edge(source, CALL, called, destination);
  }

  private void edge(int source, int first, int last, int destination) {
    effort.steps(1, rule);
    nextEdge.add(firstEdge.get(source));
    firstEdge.set(source, from.size());
    from.add(first);
    to.add(last);
    target.add(destination);
  }

  int firstEdge(int state) {
    return firstEdge.get(state);
  }

  int nextEdge(int edge) {
    return nextEdge.get(edge);
  }

  boolean readsNothing(int edge) {
    return from.get(edge) == EPSILON;
  }

  boolean isCall(int edge) {
    return from.get(edge) == CALL;
  }

  int first(int edge) {
    return from.get(edge);
  }

  /** The last symbol of a range, or the rule of a call. */
  int last(int edge) {
    return to.get(edge);
  }

  int target(int edge) {
    return target.get(edge);
  }
}
